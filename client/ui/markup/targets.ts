/** Where links with a label of their own may lead: to the web and to mail, and only if the label does not name another place. Pure. */
import { mentionedUser } from '../../../schema/document/plain-text.ts';
import type { Inline } from './markup.ts';

interface Labelled {
  readonly href: string;
  readonly text: string;
}

/** Something like `example.org`, which people would take for the target. */
const DOMAIN = /(?:[\p{L}\p{N}-]{1,63}\.)+\p{L}{2,63}/gu;

const withoutWww = (host: string): string => host.toLowerCase().replace(/^www\./, '');

/** The address as the browser will read it; undefined when there must be no link. */
export function allowedTarget({ href, text }: Labelled): string | undefined {
  if (!/^(?:https?:\/\/|mailto:)/i.test(href) || !URL.canParse(href)) return undefined;
  const url = new URL(href);
  const place = withoutWww(
    url.protocol === 'mailto:' ? url.pathname.slice(url.pathname.lastIndexOf('@') + 1) : url.hostname,
  );
  const claims = text.match(DOMAIN) ?? [];
  return claims.every((claim) => withoutWww(claim) === place) ? url.href : undefined;
}

/** `[@Ana Berg](user:…)`: a person. */
export function readMention({ href, text }: Labelled): (Inline & { is: 'mention' }) | undefined {
  const user = mentionedUser(href);
  return user !== undefined && /^@\S/.test(text) ? { is: 'mention', user, label: text } : undefined;
}
