/** The account document `u.<user>`: what a person's devices share with each other and with nobody else. */

/** Privacy, both ways: who hides something does not see it of others either. Keys of `settings`; absent is on. */
export interface PrivacySettings {
  readonly receipts: boolean;
  readonly presence: boolean;
  readonly typing: boolean;
}

export const OPEN_PRIVACY: PrivacySettings = { receipts: true, presence: true, typing: true };
