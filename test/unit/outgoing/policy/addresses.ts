import ipaddr from 'ipaddr.js';

const hex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');

/** The IPv6 addresses through which an IPv4 address might be reached, NAT64 first. */
export function embeddings(ipv4: string): string[] {
  const bytes = ipaddr.IPv4.parse(ipv4).toByteArray();
  const [high, low] = [hex(bytes.slice(0, 2)), hex(bytes.slice(2))];
  const [notHigh, notLow] = [
    hex(bytes.slice(0, 2).map((byte) => ~byte & 0xff)),
    hex(bytes.slice(2).map((byte) => ~byte & 0xff)),
  ];
  return [
    `64:ff9b::${high}:${low}`,
    `::ffff:${ipv4}`,
    `::ffff:${high}:${low}`,
    `::${high}:${low}`,
    `::ffff:0:${high}:${low}`,
    `64:ff9b:1::${high}:${low}`,
    `64:ff9b:1:${high}:${low.slice(0, 2)}:${low.slice(2)}00::`,
    `2002:${high}:${low}::`,
    `2002:${high}:${low}::1`,
    // Teredo: the server, then the client with its bits turned.
    `2001:0:${high}:${low}::`,
    `2001:0:808:808:0:ffff:${notHigh}:${notLow}`,
    // ISATAP, below a public prefix.
    `2600:1:2:3:0:5efe:${high}:${low}`,
    `2600:1:2:3:200:5efe:${high}:${low}`,
  ];
}

/** Strings that may stand for an address as the host of a URL. */
export function spellings(address: string): string[] {
  const parsed = ipaddr.parse(address);
  const bytes = parsed.toByteArray();
  if (parsed instanceof ipaddr.IPv6) {
    const dotted = bytes.slice(12).join('.');
    const head = parsed.parts.slice(0, 6).map((part) => part.toString(16));
    return [
      address,
      parsed.parts.map((part) => part.toString(16).padStart(4, '0')).join(':'),
      parsed.toNormalizedString().toUpperCase(),
      `${head.join(':')}:${dotted}`,
    ].map((text) => `[${text}]`);
  }
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const last24 = (b << 16) | (c << 8) | d;
  return [
    address,
    `${address}.`,
    String(a * 2 ** 24 + last24),
    `0x${hex(bytes)}`,
    `0X${hex(bytes).toUpperCase()}`,
    `0${(a * 2 ** 24 + last24).toString(8)}`,
    `${a}.${last24}`,
    `${a}.${b}.${(c << 8) | d}`,
    bytes.map((byte) => `0x${byte.toString(16)}`).join('.'),
    bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
    bytes.map((byte) => `000${byte.toString(8)}`).join('.'),
    address
      .replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
      .replaceAll('.', '。'),
    address.replace(/./g, (char) => `%${hex([char.charCodeAt(0)])}`),
  ];
}
