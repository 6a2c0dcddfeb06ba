// Not through undici's index: see connection.ts.
import buildConnector from 'undici/lib/core/connect.js';
import type { OutgoingPolicy } from './policy/policy.ts';
import { descriptors } from '../topology.ts';
import { type Connection, openConnection } from './connection.ts';
import { guardConnector, guardLookup } from './guard-connector.ts';
import type { ResolveName } from './resolve-name.ts';

/** From the look-up of its name to the end of the TLS handshake. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Before the next address of a name is tried. In Node's own 250 ms far targets, and a packet lost, come too late. */
const ADDRESS_TIMEOUT_MS = 2_000;

export type TargetAgent = {
  /**
   * A connection for one request, which is to be given back or discarded when that has ended.
   *
   * @throws Error with the code EBUSY when as many requests are out as there may be connections.
   */
  take: (origin: string, options: { isFresh: boolean }) => Connection;
  /** After a whole answer: it can serve again, where both sides keep it. */
  giveBack: (connection: Connection) => void;
  discard: (connection: Connection) => void;
  openCount: () => number;
  /** Closes all connections; requests that are out fail. */
  destroy: () => void;
};

/**
 * The connections to targets: redirects not followed, no proxy, TLS verified whatever the environment says. It connects to
 * nothing that the policy refuses. Idle connections are closed, the oldest first, where there would be more than
 * `maxConnections` over all origins.
 */
export function createTargetAgent(deps: {
  policy: OutgoingPolicy;
  resolveName: ResolveName;
  maxConnections?: number;
}): TargetAgent {
  const { policy, resolveName, maxConnections = descriptors.connections } = deps;
  const connector = buildConnector({
    allowH2: false,
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    rejectUnauthorized: true,
    lookup: guardLookup(policy, resolveName),
  });
  const connect = guardConnector(policy, connector);
  const open = new Set<Connection>();
  /** The oldest first. */
  const idle = new Set<Connection>();
  /** By origin, the last used last. */
  const idleTo = new Map<string, Connection[]>();

  const unlist = (connection: Connection): void => {
    if (!idle.delete(connection)) return;
    const others = idleTo.get(connection.origin) ?? [];
    others.splice(others.lastIndexOf(connection), 1);
    if (others.length === 0) idleTo.delete(connection.origin);
  };

  const discard = (connection: Connection): void => {
    unlist(connection);
    open.delete(connection);
    connection.close();
  };

  const makeRoom = (): void => {
    for (const oldest of idle) {
      if (open.size < maxConnections) return;
      discard(oldest);
    }
    if (open.size < maxConnections) return;
    throw Object.assign(new Error('too many connections are open'), { code: 'EBUSY' });
  };

  const openTo = (origin: string): Connection => {
    makeRoom();
    const connection: Connection = openConnection(origin, {
      connect,
      // One that is in use ends with its request.
      onClosed: () => {
        if (idle.has(connection)) discard(connection);
      },
    });
    open.add(connection);
    return connection;
  };

  /** The last used, which its target closes last. */
  const takeIdle = (origin: string): Connection | undefined => {
    for (;;) {
      const known = idleTo.get(origin)?.at(-1);
      if (known === undefined) return undefined;
      unlist(known);
      if (known.isOpen()) return known;
      discard(known);
    }
  };

  return {
    take: (origin, { isFresh }) => (isFresh ? undefined : takeIdle(origin)) ?? openTo(origin),
    giveBack: (connection) => {
      if (!connection.isOpen()) return discard(connection);
      idle.add(connection);
      const others = idleTo.get(connection.origin);
      if (others === undefined) idleTo.set(connection.origin, [connection]);
      else others.push(connection);
    },
    discard,
    openCount: () => open.size,
    destroy: () => {
      for (const connection of open) discard(connection);
    },
  };
}
