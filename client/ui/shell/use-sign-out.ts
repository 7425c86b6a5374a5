/** Signing out of this device, and what would be lost by removing its data. */
import type { ConnectionState, Messenger } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useSession } from '../session.ts';

export interface SignOut {
  /** What this device may have and the server not, in words; asked for when it matters, as typing changes it. */
  findLosses(): readonly string[];
  run: Messenger['signOut'];
}

export function useSignOut(): SignOut {
  const { messenger, drafts } = useSession();
  return {
    findLosses: () => {
      const { connection, trays, profile, pins } = messenger;
      const hasWishes = profile.untold.get().waiting.length + pins.wishes.get().length > 0;
      return describeLosses(connection.get(), { hasDrafts: drafts.isAny() || trays.isAny(), hasWishes });
    },
    async run({ data }) {
      await messenger.signOut({ data });
      if (data !== 'keep') drafts.clear();
    },
  };
}

function describeLosses(
  connection: ConnectionState,
  { hasDrafts, hasWishes }: { hasDrafts: boolean; hasWishes: boolean },
): string[] {
  const losses: string[] = [];
  if (connection.is === 'connecting') losses.push(t('signOut.unknown'));
  else if (connection.is !== 'connected' && connection.waiting > 0)
    losses.push(t('signOut.waiting', { count: connection.waiting }));
  if (hasWishes) losses.push(t('signOut.wishes'));
  if (hasDrafts) losses.push(t('signOut.drafts'));
  return losses;
}
