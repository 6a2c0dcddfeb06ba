import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

export type Network = { address: Address; prefixLength: number };

/**
 * Parses an IPv4 address of four decimal numbers, or an IPv6 address without a zone. Returns undefined for any other text. The
 * parser alone would also accept `0177.1`, which other software may read differently.
 */
export function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!/^[0-9a-f:.]+$/i.test(text) || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.IPv6.parse(text);
}

/** Parses `10.0.0.0/8`, `fd00::/8`, or a single address. Returns undefined also if bits after the prefix are set. */
export function parseNetwork(text: string): Network | undefined {
  const [, addressText = '', prefix] = /^([^/]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const address = parseAddress(addressText);
  if (address === undefined) return undefined;
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const prefixLength = prefix === undefined ? bits : Number(prefix);
  if (prefixLength > bits) return undefined;
  const bytes = address.toByteArray();
  const isWhole = bytes.every((byte, index) => (byte & (0xff >> clamp(prefixLength - index * 8))) === 0);
  return isWhole ? { address, prefixLength } : undefined;
}

const clamp = (bits: number): number => Math.min(Math.max(bits, 0), 8);

export function contains(network: Network, address: Address): boolean {
  return network.address.kind() === address.kind() && address.match(network.address, network.prefixLength);
}

export function isWithin(inner: Network, outer: Network): boolean {
  return inner.prefixLength >= outer.prefixLength && contains(outer, inner.address);
}
