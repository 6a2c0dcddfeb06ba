import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import type { buildConnector } from 'undici';
import { isAddressAllowed, type OutgoingPolicy } from './policy/policy.ts';
import { findRefusal, NAME_REFUSED, RefusedTargetError } from './refusal.ts';
import type { ResolveName } from './resolve-name.ts';

/** undici's, which returns the socket that it connects, though its types do not say so. */
export type Connect = (...args: Parameters<buildConnector.connector>) => unknown;

/**
 * Looks a name up for a connection, once, and gives all its addresses when every one may be called: the connection goes to
 * one of these, and nobody looks again.
 *
 * A name with one address that may not be called is refused whole. That is what a name looks like that is to bind anew to
 * an inner address; and so nothing depends on which address comes first, or is tried first.
 */
export function guardLookup(policy: OutgoingPolicy, resolveName: ResolveName): LookupFunction {
  const lookUp = callbackify(async (hostname: string): Promise<LookupAddress[]> => {
    const addresses = await resolveName(hostname);
    if (addresses.every((address) => isAddressAllowed(policy, address))) {
      return addresses.map((address) => ({ address, family: isIP(address) }));
    }
    throw new RefusedTargetError(NAME_REFUSED, { isFinal: false });
  });
  // `options` ask for all addresses, which is what a connection does that may try one after the other.
  return (hostname, _options, callback) =>
    lookUp(hostname, (error, addresses) => callback(error, addresses ?? []));
}

/**
 * Lets a connector connect only to what may be called. Addresses in a URL are judged here, since they are never looked up;
 * names in the connector's look-up, which `guardLookup` makes. At last the address that the socket has come to is judged
 * by itself, whatever led there, before a byte of the request leaves. It returns what the connector does.
 */
export function guardConnector(policy: OutgoingPolicy, connect: Connect): Connect {
  return (options, callback) => {
    const refusal = findRefusal(policy, options);
    if (refusal !== undefined) {
      // Not at once: the client is still at work on its queue, from which this takes the request.
      queueMicrotask(() => callback(new RefusedTargetError(refusal, { isFinal: true }), null));
      return undefined;
    }
    return connect(options, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      const fault = findPeerFault(policy, socket.remoteAddress);
      if (fault === undefined) return callback(null, socket);
      socket.destroy();
      callback(fault, null);
    });
  };
}

function findPeerFault(policy: OutgoingPolicy, address: string | undefined): Error | undefined {
  // The other side has reset the connection already.
  if (address === undefined) return Object.assign(new Error('no peer'), { code: 'ECONNRESET' });
  if (isAddressAllowed(policy, address)) return undefined;
  return new RefusedTargetError(NAME_REFUSED, { isFinal: false });
}
