import { expect, test } from 'vitest';
import { nameDevice } from './device-name.ts';

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0';
const IOS = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${CHROME} Safari/537.36`, 'Chrome', 'Linux', 'computer'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36 Edg/131.0.0.0`, 'Edge', 'Windows', 'computer'],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS} Version/17.5 Safari/605.1.15`,
    'Safari',
    'macOS',
    'computer',
  ],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36`, 'Chrome', 'ChromeOS', 'computer'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0', 'Firefox', 'Linux', 'computer'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`, 'Chrome', 'Android', 'phone'],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${IOS} Version/17.5 Mobile/15E148 Safari/604.1`,
    'Safari',
    'iPhone',
    'phone',
  ],
  [
    `Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) ${IOS} CriOS/131.0 Mobile/15E148 Safari/604.1`,
    'Chrome',
    'iPad',
    'tablet',
  ],
])('%s is %s on %s, a %s', (userAgent, browser, system, kind) => {
  expect(nameDevice(userAgent)).toEqual({ browser, system, kind });
});

test('a program is called by its own name', () => {
  expect(nameDevice('curl/8.5.0')).toEqual({ browser: 'curl', kind: 'unknown' });
  expect(nameDevice('python-requests/2.32')).toEqual({ browser: 'python-requests', kind: 'unknown' });
});

test('what says nothing, or nonsense, has no name and does no harm', () => {
  expect(nameDevice(null)).toEqual({ kind: 'unknown' });
  expect(nameDevice('  ')).toEqual({ kind: 'unknown' });
  expect(nameDevice('<script>')).toEqual({ kind: 'unknown' });
  expect(nameDevice('('.repeat(100_000))).toEqual({ kind: 'unknown' });
});
