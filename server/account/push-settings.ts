/** What an account document says of notifications: read from values that any client of its owner may have written. */
import { OPEN_PUSH, type PushSettings, type QuietHours } from '../../schema/document/account.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { isConversationName } from './private-reads.ts';

export interface Muting {
  readonly conversation: ConversationId;
  readonly isMuted: boolean;
}

export const PUSH_KEYS: readonly string[] = Object.keys(OPEN_PUSH);

/** Whatever else stands there, only `false` hides what was written, and only hours that can be meant are quiet. */
export const pushSettingsOf = (read: (key: string) => unknown): PushSettings => ({
  pushPreview: read('pushPreview') !== false,
  quiet: quietHours(read('quiet')),
});

/** Of a value of `conversations`; none for a key that no conversation can have. */
export const mutingsOf = (conversation: string, value: unknown): Muting[] => {
  const isMuted = typeof value === 'object' && value !== null && 'muted' in value && value.muted === true;
  return isConversationName(conversation) ? [{ conversation, isMuted }] : [];
};

/** Minutes since midnight; undefined for what is no time of day. */
export function minutesOf(time: unknown): number | undefined {
  const [, hours, minutes] = (typeof time === 'string' && /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time)) || [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

function quietHours(value: unknown): QuietHours | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { from, to, zone } = value as Partial<Record<keyof QuietHours, unknown>>;
  if (minutesOf(from) === undefined || minutesOf(to) === undefined || typeof zone !== 'string') return undefined;
  return isZone(zone) ? { from: from as string, to: to as string, zone } : undefined;
}

const MAX_ZONE_CHARACTERS = 64;

function isZone(zone: string): boolean {
  if (zone.length > MAX_ZONE_CHARACTERS) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // A zone that this server does not know: it cannot tell when it is quiet there.
    return false;
  }
}
