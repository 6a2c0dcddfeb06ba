import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import type { buildConnector } from 'undici';
import { isAddressAllowed, type OutgoingPolicy } from './policy/policy.ts';
import { findRefusal, NAME_REFUSED, RefusedTargetError } from './refusal.ts';
import type { ResolveName } from './resolve-name.ts';

/** undici's connector. It returns the socket that it connects, although its types do not say so. */
export type Connect = (...args: Parameters<buildConnector.connector>) => unknown;

/**
 * Makes the look-up function of a connection. It looks a name up once and returns all addresses if the policy allows every one
 * of them. The connection uses one of these addresses, and the name is not looked up again.
 *
 * A name is refused if one of its addresses is not allowed. Names in DNS rebinding attacks have such an address among allowed
 * ones. This way, the result does not depend on which address comes first or is tried first.
 */
export function guardLookup(policy: OutgoingPolicy, resolveName: ResolveName): LookupFunction {
  const lookUp = callbackify(async (hostname: string): Promise<LookupAddress[]> => {
    const addresses = await resolveName(hostname);
    if (addresses.every((address) => isAddressAllowed(policy, address))) {
      return addresses.map((address) => ({ address, family: isIP(address) }));
    }
    throw new RefusedTargetError(NAME_REFUSED, { isFinal: false });
  });
  // `options` always ask for all addresses, because the connection may try one after the other.
  return (hostname, _options, callback) =>
    lookUp(hostname, (error, addresses) => callback(error, addresses ?? []));
}

/**
 * Limits a connector to allowed targets. It checks addresses in a URL itself, because they are never looked up. The look-up
 * from `guardLookup` checks names. Finally it checks the address to which the socket is connected, before the first byte of
 * the request is sent. It returns the connector's result.
 */
export function guardConnector(policy: OutgoingPolicy, connect: Connect): Connect {
  return (options, callback) => {
    const refusal = findRefusal(policy, options);
    if (refusal !== undefined) {
      // Deferred, because the client is still working on its queue, and the callback removes the request from that queue.
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
  // The target has already reset the connection.
  if (address === undefined) return Object.assign(new Error('no peer'), { code: 'ECONNRESET' });
  if (isAddressAllowed(policy, address)) return undefined;
  return new RefusedTargetError(NAME_REFUSED, { isFinal: false });
}
