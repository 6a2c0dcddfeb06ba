// Imported directly, because undici's index loads all of its parts (fetch, WebSocket, mocks, caches), and replaces the agent behind
// Node's own fetch.
import buildConnector from 'undici/lib/core/connect.js';
import type { OutgoingPolicy } from './policy/policy.ts';
import { descriptors } from '../topology.ts';
import { Connection, onread } from './connection.ts';
import { guardConnector, guardLookup } from './guard-connector.ts';
import type { ResolveName } from './resolve-name.ts';

/** Timeout from the look-up of the name to the end of the TLS handshake. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Time until the next address of a name is tried. Node's default of 250 ms is too short for distant targets or a lost packet. */
const ADDRESS_TIMEOUT_MS = 2_000;
/** How often idle connections are looked through. A timer for each of them would be set and cleared for each request. */
const SWEEP_EVERY_MS = 1_000;

export type TargetAgent = {
  /**
   * Returns a connection for one request. The caller must give it back or discard it when the request has ended.
   *
   * @throws Error with the code EBUSY if every allowed connection is in use.
   */
  take: (origin: string, options: { isFresh: boolean }) => Connection;
  /** Takes a connection back after a complete answer. It is reused if both sides keep it open. */
  giveBack: (connection: Connection) => void;
  discard: (connection: Connection) => void;
  openCount: () => number;
  /** Closes all connections. Open requests fail. */
  destroy: () => void;
};

/**
 * Creates the agent that holds the connections to targets. It does not follow redirects, uses no proxy, and always verifies
 * TLS, regardless of environment variables. It never connects to an address that the policy refuses. It closes idle
 * connections, oldest first, to keep at most `maxConnections` open over all origins.
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
    onread,
  });
  const connect = guardConnector(policy, connector);
  const open = new Set<Connection>();
  /** Idle connections, oldest first. */
  const idle = new Set<Connection>();
  /** Idle connections by origin, the most recently used last. */
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

  /** Closes connections that were idle for too long. */
  const sweep = (): void => {
    for (const connection of idle) if (!connection.isOpen()) discard(connection);
    sweeping = idle.size > 0 ? setTimeout(sweep, SWEEP_EVERY_MS).unref() : undefined;
  };
  let sweeping: NodeJS.Timeout | undefined;

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
    const connection: Connection = new Connection(origin, {
      connect,
      // A connection in use is discarded when its request ends.
      onClosed: () => {
        if (idle.has(connection)) discard(connection);
      },
    });
    open.add(connection);
    return connection;
  };

  /** Takes the most recently used connection, which the target closes last. */
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
      sweeping ??= setTimeout(sweep, SWEEP_EVERY_MS).unref();
      const others = idleTo.get(connection.origin);
      if (others === undefined) idleTo.set(connection.origin, [connection]);
      else others.push(connection);
    },
    discard,
    openCount: () => open.size,
    destroy: () => {
      clearTimeout(sweeping);
      for (const connection of open) discard(connection);
    },
  };
}
