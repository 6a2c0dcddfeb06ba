import { addressToOpen, isAddressAllowed, isPortAllowed, type OutgoingPolicy } from './policy/policy.ts';
import { knownAddresses } from './known-addresses.ts';

/** Thrown for a request that is not sent, because its target is not allowed. The message may be shown to the job's owner. */
export class RefusedTargetError extends Error {
  override readonly name = 'RefusedTargetError';
  /** True if the next attempt will be refused too. The addresses of a name may change; an address and a port do not. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal }: { isFinal: boolean }) {
    super(message);
    this.isFinal = isFinal;
  }
}

/**
 * The refusal of a name. It does not show the address or its kind: otherwise a job's owner could use Belfry to look up names
 * in a network that they have no access to.
 */
export const NAME_REFUSED =
  'its host name has an address that is not public; use another host, or allow the network with BELFRY_ALLOWED_NETWORKS';

/**
 * Returns the reason why a host and port are not allowed, without asking a name server; undefined if no reason is known yet.
 *
 * @param target.hostname as the URL parser returns it, which normalizes every form of an IPv4 address.
 * @param target.port empty for the scheme's default port.
 */
export function findRefusal(
  policy: OutgoingPolicy,
  { protocol, hostname, port }: { protocol: string; hostname: string; port: string },
): string | undefined {
  const number = port === '' ? { 'http:': 80, 'https:': 443 }[protocol] : Number(port);
  if (number === 0) return 'port 0 is no port; use a port from 1 to 65535';
  if (number === undefined || !isPortAllowed(policy, number)) {
    return `port ${number} is not allowed; use another port, or allow it with BELFRY_ALLOWED_PORTS`;
  }
  const refused = knownAddresses(hostname)?.find((address) => !isAddressAllowed(policy, address));
  if (refused === undefined) return undefined;
  const toOpen = addressToOpen(refused);
  return toOpen !== undefined
    ? `${toOpen} is not a public address; use a public address, or allow its network with BELFRY_ALLOWED_NETWORKS`
    : `${refused} is never called, and no setting allows it: it is a multicast or broadcast address, is in 0.0.0.0/8, or is another spelling of an IPv4 address; use the address of one machine`;
}
