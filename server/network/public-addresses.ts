/**
 * Where requests may go whose address somebody else has named: places on the Internet, and nothing that only this server can
 * reach. Where a name leads is asked once, and what was checked is what is connected to.
 */
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/** What is no place on the Internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its sibling for IPv6. */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4');
/** Of IPv6 only this is handed out. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
/** Tunnels, which carry an IPv4 address that could be any, and what stands in books. */
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6');

export const isPublic = (address: string): boolean =>
  isIPv6(address) ? GLOBAL.check(address, 'ipv6') && !PRIVATE.check(address, 'ipv6') : !PRIVATE.check(address, 'ipv4');

/** The address that stands in a URL instead of a name, which nobody looks up; undefined for a name. */
export function literalAddress(hostname: string): string | undefined {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) ? address : undefined;
}

/** Finds only public addresses; the code of the error is the same whether there are others or none. */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const reachable = (error ? [] : addresses).filter(({ address }) => isPublic(address));
    const [first] = reachable;
    if (!first) return callback(Object.assign(new Error('no public address'), { code: NO_PUBLIC_ADDRESS }), []);
    if (options.all) callback(null, reachable);
    else callback(null, first.address, first.family);
  });
};

export const NO_PUBLIC_ADDRESS = 'NO_PUBLIC_ADDRESS';
