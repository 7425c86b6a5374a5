/**
 * Whether a request comes from our own pages. Browsers send the session cookie along with requests that other sites make;
 * the Origin header, which no page can forge, tells them apart.
 */

interface OriginCheck {
  readonly origin: string | undefined;
  /** The Host header. */
  readonly host: string | undefined;
  /** The address people use, when it is configured: then nothing else counts. */
  readonly baseUrl: string | undefined;
}

/**
 * A missing or opaque (`null`) Origin is foreign. Without a base URL the Host header decides: a foreign page cannot choose
 * it, and the scheme may differ when a proxy ends TLS.
 */
export function isOwnOrigin({ origin, host, baseUrl }: OriginCheck): boolean {
  if (!origin) return false;
  const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) return false;
  if (baseUrl !== undefined) return parsed.origin === new URL(baseUrl).origin;
  return host !== undefined && URL.canParse(`${parsed.protocol}//${host}`)
    ? new URL(`${parsed.protocol}//${host}`).host === parsed.host
    : false;
}
