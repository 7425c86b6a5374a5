/**
 * What the account document says, as plain values. Any client of this person may have written it: what is not as it should be counts
 * as not written.
 */
import type * as Y from 'yjs';
import {
  CONVERSATIONS,
  type ConversationPreferences,
  DRAFTS,
  type DraftValue,
  HIDDEN,
  LANGUAGE_CHOICES,
  type PrivacySettings,
  type QuietHours,
  SETTINGS,
  STARS,
  THEMES,
} from '../../schema/document/account.ts';
import type { SharedValues, Stars } from '../conversation/conversation.ts';
import { type HiddenMessages, hiddenMessages } from './hidden-messages.ts';
import { isObject } from './is-object.ts';
import { starsOf } from './stars.ts';

/** Of one document. Thousands of stars and hidden messages need not be read again with each letter of a draft. */
export class AccountValues {
  readonly #doc: Y.Doc;
  /** As they were read last; undefined when they have changed since. */
  #stars: Stars | undefined;
  #hidden: HiddenMessages | undefined;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    doc.getMap(STARS).observe(() => {
      this.#stars = undefined;
    });
    doc.getMap(HIDDEN).observe(() => {
      this.#hidden = undefined;
    });
  }

  /** `former`: what was read before; what has not changed of what is hidden stays the same objects. */
  read(former: SharedValues): Omit<SharedValues, 'isComplete'> {
    const settings = this.#doc.getMap(SETTINGS);
    const isOn = (key: keyof PrivacySettings | 'pushPreview') => settings.get(key) !== false;
    this.#stars ??= starsOf(this.#doc.getMap(STARS));
    this.#hidden ??= hiddenMessages(this.#doc.getMap(HIDDEN), former.hidden);
    return {
      theme: THEMES.find((each) => each === settings.get('theme')) ?? 'system',
      language: LANGUAGE_CHOICES.find((each) => each === settings.get('language')) ?? 'system',
      privacy: { receipts: isOn('receipts'), presence: isOn('presence'), typing: isOn('typing') },
      notices: { pushPreview: isOn('pushPreview'), quiet: quietOf(settings.get('quiet')) },
      drafts: new Map(
        [...this.#doc.getMap(DRAFTS)].filter((entry): entry is [string, DraftValue] => isDraft(entry[1])),
      ),
      conversations: new Map(
        [...this.#doc.getMap(CONVERSATIONS)].filter((entry): entry is [string, ConversationPreferences] =>
          isObject(entry[1]),
        ),
      ),
      stars: this.#stars,
      hidden: this.#hidden,
    };
  }
}

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;
const isTime = (value: unknown): value is string => typeof value === 'string' && TIME_OF_DAY.test(value);

function quietOf(value: unknown): QuietHours | undefined {
  if (!isObject(value)) return undefined;
  const { from, to, zone } = value as Partial<Record<keyof QuietHours, unknown>>;
  return isTime(from) && isTime(to) && typeof zone === 'string' ? { from, to, zone } : undefined;
}

const isDraft = (value: unknown): value is DraftValue =>
  isObject(value) && 'text' in value && typeof value.text === 'string' && 'at' in value && typeof value.at === 'number';
