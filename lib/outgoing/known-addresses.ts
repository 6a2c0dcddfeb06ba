import { isIP } from 'node:net';

/**
 * Returns the addresses of a host that needs no look-up: an IP address, or localhost (RFC 6761, 6.3). Returns undefined for
 * any other name.
 *
 * @param hostname as the URL parser returns it, with or without the brackets of IPv6.
 */
export function knownAddresses(hostname: string): readonly string[] | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isIP(host) !== 0) return [host];
  return /(?:^|\.)localhost$/.test(host) ? ['127.0.0.1', '::1'] : undefined;
}
