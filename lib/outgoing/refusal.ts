import { isAddressAllowed, isPortAllowed, type OutgoingPolicy } from './policy/policy.ts';
import { knownAddresses } from './known-addresses.ts';

/** A request that does not leave, since its target is not to be called. The message may be shown to whoever owns the job. */
export class RefusedTargetError extends Error {
  override readonly name = 'RefusedTargetError';
  /** Whether it will be refused the next time too: a name's answer may change, an address and a port do not. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal }: { isFinal: boolean }) {
    super(message);
    this.isFinal = isFinal;
  }
}

/**
 * Says neither which address nor what kind it is: a job's owner could otherwise have Belfry look up the names of a
 * network that they are not in.
 */
export const NAME_REFUSED =
  'the name of its host has an address that is not public; call one that has none, or open its network with BELFRY_ALLOWED_NETWORKS';

/**
 * Why a host and port may not be called, as far as no name server need be asked; undefined where nothing stands against it
 * yet.
 *
 * @param hostname as the URL parser leaves it, which writes every spelling of an IPv4 address in the one way.
 * @param port empty for the scheme's own.
 */
export function findRefusal(
  policy: OutgoingPolicy,
  { protocol, hostname, port }: { protocol: string; hostname: string; port: string },
): string | undefined {
  const number = port === '' ? { 'http:': 80, 'https:': 443 }[protocol] : Number(port);
  if (number === undefined || !isPortAllowed(policy, number)) {
    return `port ${number} is not allowed; use another, or open it with BELFRY_ALLOWED_PORTS`;
  }
  const refused = knownAddresses(hostname)?.find((address) => !isAddressAllowed(policy, address));
  return refused === undefined
    ? undefined
    : `${refused} is not a public address; call one that is, or open its network with BELFRY_ALLOWED_NETWORKS`;
}
