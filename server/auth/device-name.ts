/** What people call a device, from its user agent: which browser, on what. Says nothing rather than something wrong. */
import Bowser from 'bowser';

export interface DeviceName {
  readonly browser?: string;
  readonly system?: string;
  readonly kind: 'computer' | 'phone' | 'tablet' | 'unknown';
}

/** User agents of browsers have 100 to 250 characters; what is longer only costs time to match. */
const MAX_CHARACTERS = 400;

const KINDS: Readonly<Record<string, DeviceName['kind']>> = { desktop: 'computer', mobile: 'phone', tablet: 'tablet' };

/** The parser's names where people use shorter ones. */
const SHORT: Readonly<Record<string, string>> = {
  'Microsoft Edge': 'Edge',
  'Samsung Internet for Android': 'Samsung Internet',
  'Chrome OS': 'ChromeOS',
};

export function nameDevice(userAgent: string | null): DeviceName {
  const text = userAgent?.slice(0, MAX_CHARACTERS).trim();
  if (!text) return { kind: 'unknown' };
  const { browser, os, platform } = Bowser.parse(text);
  const system = platform.model === 'iPhone' || platform.model === 'iPad' ? platform.model : os.name;
  // Programs name themselves in their first word: "curl/8.5.0".
  const name = browser.name || (/^[\w.-]{1,40}/.exec(text)?.[0] ?? '');
  return {
    ...(name && { browser: SHORT[name] ?? name }),
    ...(system && { system: SHORT[system] ?? system }),
    kind: KINDS[platform.type ?? ''] ?? (system === 'Chrome OS' ? 'computer' : 'unknown'),
  };
}
