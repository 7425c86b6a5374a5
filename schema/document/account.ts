/**
 * The account document `u.<user>`: what a person's devices share with each other and with nobody else. Three root maps of
 * plain JSON values; the owner may set and delete keys, nothing else.
 */
/** Root types of an account document, and no others. */
export const SETTINGS = 'settings';
export const DRAFTS = 'drafts';
export const CONVERSATIONS = 'conversations';
export const ACCOUNT_ROOTS = [SETTINGS, DRAFTS, CONVERSATIONS] as const;
export type AccountRoot = (typeof ACCOUNT_ROOTS)[number];

/** Privacy, both ways: who hides something does not see it of others either. Keys of `settings`; absent is on. */
export interface PrivacySettings {
  readonly receipts: boolean;
  readonly presence: boolean;
  readonly typing: boolean;
}

export const OPEN_PRIVACY: PrivacySettings = { receipts: true, presence: true, typing: true };
