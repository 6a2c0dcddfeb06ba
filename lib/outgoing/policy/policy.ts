import ipaddr from 'ipaddr.js';
import { type Address, contains, isWithin, type Network, parseAddress } from './network.ts';
import { closedNetworks, guardedNetworks, nat64Network, unreachableNetworks } from './special-networks.ts';

export type PortRange = { first: number; last: number };

/** The targets that requests may go to: public addresses, and the opened networks. */
export type OutgoingPolicy = {
  openNetworks: readonly Network[];
  /** Networks that Belfry itself is in. An open network opens them only if it lies within them. */
  ownNetworks: readonly Network[];
  ports: readonly PortRange[];
};

export function isPortAllowed({ ports }: OutgoingPolicy, port: number): boolean {
  return ports.some(({ first, last }) => first <= port && port <= last);
}

/** Returns true if a request may go to the address. A text that is not an address is not allowed. */
export function isAddressAllowed(policy: OutgoingPolicy, text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isAllowed(address, policy);
}

/** Returns true if allowing the network would open at least one address. */
export function canBeOpened(network: Network): boolean {
  return ![nat64Network, ...unreachableNetworks].some((never) => isWithin(network, never));
}

/** Returns the address that a setting must allow so that this one may be called. Undefined if no setting can allow it. */
export function addressToOpen(text: string): string | undefined {
  const address = parseAddress(text);
  const embedded = address && behindNat64(address);
  const called = embedded ?? address;
  if (called === undefined || isUnreachable(called)) return undefined;
  return embedded === undefined ? text : embedded.toString();
}

/** Returns true for an address that no setting opens. */
const isUnreachable = (address: Address): boolean =>
  isIsatap(address) || unreachableNetworks.some((network) => contains(network, address));

type Networks = Pick<OutgoingPolicy, 'openNetworks' | 'ownNetworks'>;

function isAllowed(address: Address, { openNetworks, ownNetworks }: Networks): boolean {
  const embedded = behindNat64(address);
  if (embedded !== undefined) return isAllowed(embedded, { openNetworks, ownNetworks });
  if (isUnreachable(address)) return false;
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

/** Returns true if the interface identifier carries an IPv4 address, under any prefix (RFC 5214). */
function isIsatap(address: Address): boolean {
  if (!(address instanceof ipaddr.IPv6)) return false;
  const [, , , , flags, format] = address.parts;
  return (flags === 0 || flags === 0x200) && format === 0x5efe;
}
