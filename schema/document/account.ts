/**
 * The account document `u.<user>`: what a person's devices share with each other and with nobody else. Root maps of
 * plain JSON values; the owner may set and delete keys, nothing else.
 */
import { type ConversationId, type MessageId, parseMessageId } from '../ids.ts';
import { MAX_ACCOUNT_KEY_CHARACTERS } from '../limits.ts';
import type { ReceiptVector } from './receipts.ts';

/** Root types of an account document, and no others. */
export const SETTINGS = 'settings';
export const DRAFTS = 'drafts';
export const CONVERSATIONS = 'conversations';
export const STARS = 'stars';
export const HIDDEN = 'hidden';
export const ACCOUNT_ROOTS = [SETTINGS, DRAFTS, CONVERSATIONS, STARS, HIDDEN] as const;
export type AccountRoot = (typeof ACCOUNT_ROOTS)[number];

/** Privacy, both ways: who hides something does not see it of others either. Keys of `settings`; absent is on. */
export interface PrivacySettings {
  readonly receipts: boolean;
  readonly presence: boolean;
  readonly typing: boolean;
}

export const OPEN_PRIVACY: PrivacySettings = { receipts: true, presence: true, typing: true };

/** Notifications of closed apps. Keys of `settings`. */
export interface PushSettings {
  /** Key `pushPreview`: whether they show what was written; absent is yes. */
  readonly pushPreview: boolean;
  /** Key `quiet`: when there are none; absent is never. */
  readonly quiet: QuietHours | undefined;
}

/** From a time of day to another one, maybe of the next day, in a time zone of IANA. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
}

export const OPEN_PUSH: PushSettings = { pushPreview: true, quiet: undefined };

/** Key `theme` of `settings`; absent is `system`. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What the app speaks. Key `language` of `settings`; absent is `system`: what each browser asks for. */
export const LANGUAGES = ['en', 'de', 'es', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_CHOICES = ['system', ...LANGUAGES] as const;
export type LanguageChoice = (typeof LANGUAGE_CHOICES)[number];

/** A value of `drafts`, by conversation: what was typed and not sent. */
export interface DraftValue {
  readonly text: string;
  /** Sender's clock, ms: when it was typed. */
  readonly at: number;
  /** The message it replies to. */
  readonly re?: MessageId;
}

/** A value of `conversations`, by conversation: how its owner keeps it. */
export interface ConversationPreferences {
  readonly pinned?: true;
  readonly muted?: true;
  readonly archived?: true;
  /** To come back to: shown as unread until it is opened. */
  readonly unread?: true;
  /** Epoch → what was read in it, while receipts are off. */
  readonly r?: Readonly<Record<string, ReceiptVector>>;
}

/** A value of `stars`, by conversation and message (`messageKey`): a message that its owner wants to find again. */
export interface StarValue {
  /** Sender's clock, ms. */
  readonly at: number;
}

/** A message that its owner has deleted for themself: the value under its key in `hidden`, and no other one. */
export const IS_HIDDEN = true;

const MESSAGE_KEY = /^([A-Za-z0-9_-]+)\/([0-9a-z-]+)$/;

/** A key for each message, so that what is said of messages on two devices adds up. Undefined when it were too long for the document. */
export function messageKey(conversation: ConversationId, message: MessageId): string | undefined {
  const key = `${conversation}/${message}`;
  return key.length <= MAX_ACCOUNT_KEY_CHARACTERS ? key : undefined;
}

export function parseMessageKey(
  key: string,
): { readonly conversation: ConversationId; readonly message: MessageId } | undefined {
  const [, conversation, message] = MESSAGE_KEY.exec(key) ?? [];
  if (!conversation || !message || !parseMessageId(message)) return undefined;
  return { conversation: conversation as ConversationId, message: message as MessageId };
}
