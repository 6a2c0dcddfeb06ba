import { isIP } from 'node:net';

/**
 * The addresses of a host that has them without being looked up: itself, or this machine's (RFC 6761, 6.3).
 *
 * @param hostname as the URL parser leaves it, with or without the brackets of IPv6.
 */
export function knownAddresses(hostname: string): readonly string[] | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isIP(host) !== 0) return [host];
  return /(?:^|\.)localhost$/.test(host) ? ['127.0.0.1', '::1'] : undefined;
}
