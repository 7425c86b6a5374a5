/** What every screen of a signed-in person needs, by context: the messenger, the accounts behind it and the drafts. */
import { createContext, useContext } from 'react';
import type { UserId } from '../../schema/ids.ts';
import type { Accounts, ConversationSummary, Messenger } from '../conversation/conversation.ts';
import { t } from '../language/translate.ts';
import type { Drafts } from './drafts.ts';
import type { Source } from './observed.ts';
import type { SettingsPlace } from './settings/sections.ts';

export interface Session {
  readonly accounts: Accounts;
  readonly messenger: Messenger;
  readonly drafts: Drafts;
  /** Undefined: Settings are closed. Here, because they stay open while everything is made anew in another language. */
  readonly settings: Source<SettingsPlace | undefined>;
}

const SessionContext = createContext<Session | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('This component belongs inside a SessionProvider');
  return session;
}

/** The name of a person of the conversation; people who left are no longer known by name. */
export const nameOf = (summary: ConversationSummary, id: UserId): string =>
  summary.members.find((member) => member.id === id)?.name ?? t('message.unknownPerson');

/** The id of the picture of a person of the conversation. */
export const pictureOf = (summary: ConversationSummary, id: UserId): string | undefined =>
  summary.members.find((member) => member.id === id)?.picture;

/** What a list shows for people: the first word of a name is enough among members. */
export const firstName = (name: string): string => name.split(/\s+/u, 1)[0] || name;
