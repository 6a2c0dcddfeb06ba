import ipaddr from 'ipaddr.js';
import { type Address, contains, isWithin, type Network, parseAddress } from './network.ts';
import { closedNetworks, guardedNetworks, nat64Network, unreachableNetworks } from './special-networks.ts';

export type PortRange = { first: number; last: number };

/** Where requests may go: to public addresses, and to what is opened beside them. */
export type OutgoingPolicy = {
  openNetworks: readonly Network[];
  /** Belfry's own: opened by networks that lie within them, and by none that is wider. */
  ownNetworks: readonly Network[];
  ports: readonly PortRange[];
};

export function isPortAllowed({ ports }: OutgoingPolicy, port: number): boolean {
  return ports.some(({ first, last }) => first <= port && port <= last);
}

/** Whether a request may go to an address. What is no address may not be called. */
export function isAddressAllowed(policy: OutgoingPolicy, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isAllowed(address, policy);
}

/** Whether to allow a network opens anything at all. */
export function canBeOpened(network: Network): boolean {
  return ![nat64Network, ...unreachableNetworks].some((never) => isWithin(network, never));
}

type Networks = Pick<OutgoingPolicy, 'openNetworks' | 'ownNetworks'>;

function isAllowed(address: Address, { openNetworks, ownNetworks }: Networks): boolean {
  const embedded = behindNat64(address);
  if (embedded !== undefined) return isAllowed(embedded, { openNetworks, ownNetworks });
  if (isIsatap(address) || unreachableNetworks.some((network) => contains(network, address))) return false;
  const opening = openNetworks.filter((network) => contains(network, address));
  const isGuarded = (guarded: Network): boolean =>
    contains(guarded, address) && !opening.some((network) => isWithin(network, guarded));
  if (guardedNetworks.some(isGuarded) || ownNetworks.some(isGuarded)) return false;
  return opening.length > 0 || !closedNetworks.some((network) => contains(network, address));
}

function behindNat64(address: Address): Address | undefined {
  if (!contains(nat64Network, address)) return undefined;
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

/** An interface identifier that carries an IPv4 address, below any prefix (RFC 5214). */
function isIsatap(address: Address): boolean {
  if (!(address instanceof ipaddr.IPv6)) return false;
  const [, , , , flags, format] = address.parts;
  return (flags === 0 || flags === 0x200) && format === 0x5efe;
}
