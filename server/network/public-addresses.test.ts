import { expect, test } from 'vitest';
import { isPublic, literalAddress, lookUpPublic, NO_PUBLIC_ADDRESS } from './public-addresses.ts';

test.each([
  ...['127.0.0.1', '10.1.2.3', '172.20.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0', '100.64.1.1', '224.0.0.1'],
  ...['255.255.255.255', '192.0.2.1', '::1', '::', 'fe80::1', 'fd00::1', '::ffff:10.0.0.1', '::ffff:7f00:1'],
  ...['64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:1::1', '2001:db8::1', 'ff02::1'],
])('%s is not asked', (address) => expect(isPublic(address)).toBe(false));

test.each(['142.250.1.1', '2a00:1450::1'])('%s is', (address) => expect(isPublic(address)).toBe(true));

// The parser of URLs writes every spelling of an address in one way.
test.each([
  ['http://0x7f.1/', '127.0.0.1'],
  ['http://2130706433/', '127.0.0.1'],
  ['http://017700000001/', '127.0.0.1'],
  ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['http://example.org/', undefined],
])('in %s stands the address %s', (url, address) => expect(literalAddress(new URL(url).hostname)).toBe(address));

test.each([{ all: true }, {}])('a name that leads to this machine leads nowhere: %o', async (options) => {
  const error = await new Promise((resolve) => lookUpPublic('localhost', options, resolve));
  expect(error).toMatchObject({ code: NO_PUBLIC_ADDRESS });
});
