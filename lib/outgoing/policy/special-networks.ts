import { type Network, parseNetwork } from './network.ts';

/**
 * Networks that are not the public Internet: all of the IANA special-purpose registries of IPv4 and IPv6 (RFC 6890, RFC 8190),
 * multicast, unassigned IPv6, and the addresses where clouds serve their machines' secrets. Entries that the registries call
 * globally reachable are included too, because they are infrastructure and reach the nearest instance.
 */

/** Closed networks. Any allowed network that contains an address opens it. */
export const closedNetworks = parseAll(
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // shared by carrier-grade NAT, RFC 6598
  '172.16.0.0/12', // private, RFC 1918
  '192.0.0.0/24', // IETF protocols, RFC 6890: DS-Lite, PCP and TURN anycast, NAT64 discovery …
  '192.0.2.0/24', // documentation, RFC 5737
  '192.31.196.0/24', // AS112, RFC 7535
  '192.52.193.0/24', // AMT, RFC 7450
  '192.88.99.0/24', // 6to4 relay anycast, RFC 7526
  '192.168.0.0/16', // private, RFC 1918
  '192.175.48.0/24', // AS112, RFC 7534
  '198.18.0.0/15', // benchmarks, RFC 2544
  '198.51.100.0/24', // documentation, RFC 5737
  '203.0.113.0/24', // documentation, RFC 5737
  '240.0.0.0/4', // reserved, RFC 1112
  // IANA assigns IPv6 addresses only from 2000::/3 (RFC 4291, 2.4). These three are the rest: unique local fc00::/7,
  // site-local fec0::/10, discard 100::/64 and 100:0:0:1::/64, segment routing 5f00::/16 …
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23', // IETF protocols, RFC 2928: benchmarks, AMT, AS112, ORCHID, drone identifiers …
  '2001:db8::/32', // documentation, RFC 3849
  '2620:4f:8000::/48', // AS112, RFC 7534
  '3ffe::/16', // the 6bone, returned, RFC 3701
  '3fff::/20', // documentation, RFC 9637
);

/**
 * Guarded networks. An allowed network opens one only if it is no wider than the guarded network: an operator who allows
 * `0.0.0.0/0` or `fd00::/8` means other machines, not the runtime's own ports and credentials.
 */
export const guardedNetworks = parseAll(
  '127.0.0.0/8', // loopback, RFC 1122; Lambda's runtime API listens there
  '169.254.0.0/16', // link-local, RFC 3927; metadata and credentials of AWS, Azure, Google …
  '100.100.100.200/32', // metadata: Alibaba
  '168.63.129.16/32', // Azure's wire server, although this is a public address
  '192.0.0.192/32', // metadata: Oracle
  '::/96', // loopback ::1; IPv4-compatible, RFC 4291
  'fe80::/10', // link-local, RFC 4291
  'fd00:ec2::/32', // metadata, credentials and DNS: AWS
  'fd20:ce::/32', // metadata: Google
  'fd00:c1::/32', // metadata: Oracle
  'fd00:42::/32', // metadata: Scaleway
  '64:ff9b:1::/48', // NAT64 of a site, RFC 8215; only the site knows where the address contains the IPv4 address
);

/** Networks that are never opened: addresses that are not a single machine, and alternative forms of IPv4 addresses. */
export const unreachableNetworks = parseAll(
  '0.0.0.0/8', // "this network", RFC 1122; 0.0.0.0 reaches this machine on Linux
  '224.0.0.0/4', // multicast, RFC 5771
  '255.255.255.255/32', // broadcast, RFC 8190
  '::/128', // unspecified, RFC 4291; reaches this machine on Linux
  'ff00::/8', // multicast, RFC 4291
  '::ffff:0:0/96', // IPv4-mapped, RFC 4291
  '::ffff:0:0:0/96', // IPv4-translated, RFC 2765
  '2001::/32', // Teredo, RFC 4380
  '2002::/16', // 6to4, RFC 3056
);

/** NAT64 with its well-known prefix, RFC 6052. In IPv6-only subnets, DNS64 uses it for every IPv4 target. */
export const [nat64Network] = parseAll('64:ff9b::/96');

function parseAll<const Texts extends readonly string[]>(
  ...texts: Texts
): { readonly [Index in keyof Texts]: Network } {
  const networks = texts.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new Error(`${text} is not a network`);
    return network;
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- map keeps the length
  return networks as { readonly [Index in keyof Texts]: Network };
}
