/**
 * The link by which somebody was invited: `/invite#<token>`. The token stands behind the `#`, where no server sees it, and stays in the
 * address until it was answered, so that signing in, signing up and reloading keep it.
 */
import { createSource, useObserved } from '../observed.ts';

const PATH = '/invite';

const readToken = (): string | undefined => {
  const { pathname, hash } = window.location;
  return pathname === PATH && hash.length > 1 ? hash.slice(1) : undefined;
};

const token = createSource(readToken());
for (const event of ['popstate', 'hashchange']) window.addEventListener(event, () => token.set(readToken()));

/** Undefined when nobody was invited, or all was said. */
export const useInvitation = (): string | undefined => useObserved(token);

/** It was answered, and the address says nothing of it any more. */
export function endInvitation(): void {
  window.history.replaceState(null, '', '/');
  token.set(undefined);
}

/** What is passed on. */
export const invitationAddress = (of: string): string => `${window.location.origin}${PATH}#${of}`;
