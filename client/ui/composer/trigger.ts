/** What stands before the cursor and asks to be completed, such as `:wav` or `@An`. Pure; reads a bounded part of the text. */

export interface Trigger {
  readonly is: 'emoji' | 'mention';
  /** Without the sign in front of it. */
  readonly query: string;
  /** Where the sign stands in the text; what is chosen replaces everything from here to the cursor. */
  readonly start: number;
}

/** Longer than every shortcode. */
const MAX_CHARACTERS = 48;

/** Begins a word. Emoticons such as `:D` and times such as 12:30 ask for nothing. */
const SHORTCODE = /(?<=^|[\s([{"'“‘*_~])(:([a-z0-9_+-]{2,}))$/i;
/** A name of up to three words; the sign alone asks for everybody. */
const NAME = /(?<=^|[\s([{"'“‘*_~])(@((?:[^\s@:]+(?: [^\s@:]+){0,2})?))$/;
const CLOSED_SHORTCODE = /(?<=^|[\s([{"'“‘*_~]):([a-z0-9_+-]+):$/i;

const before = (text: string, cursor: number): string => text.slice(Math.max(0, cursor - MAX_CHARACTERS), cursor);

export function findTrigger(text: string, cursor: number): Trigger | undefined {
  const word = before(text, cursor);
  const shortcode = SHORTCODE.exec(word);
  if (shortcode) return { is: 'emoji', query: shortcode[2] as string, start: cursor - (shortcode[1] as string).length };
  const name = NAME.exec(word);
  return name ? { is: 'mention', query: name[2] as string, start: cursor - (name[1] as string).length } : undefined;
}

/** The shortcode that the colon before the cursor has just closed. */
export function closedShortcode(text: string, cursor: number): { shortcode: string; start: number } | undefined {
  const found = CLOSED_SHORTCODE.exec(before(text, cursor));
  return found ? { shortcode: found[1] as string, start: cursor - found[0].length } : undefined;
}
