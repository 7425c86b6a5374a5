/** Finds web and mail addresses in a text. Only http, https and mailto ever become links; everything else stays text. */

export interface Link {
  readonly href: string;
  readonly label: string;
}

/** Neither space, quote, angle bracket nor a control that reorders text, which could make an address look like another. */
const CHARACTER = '[^\\s<>"\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]';
const ADDRESS = `(?:https?://${CHARACTER}+|www\\.${CHARACTER}+|[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63})+)`;
const ANYWHERE = new RegExp(`(?<![\\p{L}\\p{N}_])${ADDRESS}`, 'giu');
const AT_START = new RegExp(`^${ADDRESS}`, 'iu');

/** Every address has one of these; most texts have none, and the first use of `ANYWHERE` takes milliseconds to compile it. */
const SIGN = /@|:\/\/|www\./i;

export function linkify(text: string): (string | Link)[] {
  if (!SIGN.test(text)) return text === '' ? [] : [text];
  const parts: (string | Link)[] = [];
  let end = 0;
  for (const match of text.matchAll(ANYWHERE)) {
    const label = withoutTrailing(match[0]);
    const href = toHref(label);
    if (!href) continue;
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ href, label });
    end = match.index + label.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/** The address that a text begins with. */
export function addressAt(text: string): Link | undefined {
  const label = withoutTrailing(AT_START.exec(text)?.[0] ?? '');
  const href = label && toHref(label);
  return href ? { href, label } : undefined;
}

/** An address at the end of a sentence does not own its full stop, nor the bracket that was opened before it. */
function withoutTrailing(address: string): string {
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1] as string;
    const open = { ')': '(', ']': '[', '}': '{' }[last];
    if (open ? count(address, open, end) >= count(address, last, end) : !/[.,;:!?'’”»*_~…]/u.test(last)) break;
    end--;
  }
  return address.slice(0, end);
}

function count(text: string, character: string, end: number): number {
  let found = 0;
  for (let index = 0; index < end; index++) if (text[index] === character) found++;
  return found;
}

function toHref(address: string): string | undefined {
  const isWeb = /^(?:https?:\/\/|www\.)/i.test(address);
  const candidate = isWeb ? (/^www\./i.test(address) ? `https://${address}` : address) : `mailto:${address}`;
  if (!URL.canParse(candidate)) return undefined;
  const url = new URL(candidate);
  if (isWeb && !url.hostname.includes('.') && url.hostname !== 'localhost') return undefined;
  return url.href;
}
