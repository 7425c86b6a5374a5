/** The network address of a client, as far as it can be told: what limits count by while nobody has a name. */

interface Seen {
  /** `X-Forwarded-For`. */
  readonly forwarded: string | string[] | undefined;
  /** The other end of the socket. Without one (a test calls the app itself) everybody is at one address. */
  readonly remote: string | undefined;
  readonly baseUrl: string | undefined;
}

/**
 * This process speaks plain HTTP. So when the base URL is https, a proxy ends TLS, and the last entry of
 * `X-Forwarded-For` is the address it saw; without a proxy the header is a client's claim and is ignored.
 */
export function addressOf({ forwarded, remote, baseUrl }: Seen): string {
  const seen = baseUrl?.startsWith('https:') ? forwarded?.toString().split(',').at(-1)?.trim() : undefined;
  return seen || (remote ?? '127.0.0.1');
}
