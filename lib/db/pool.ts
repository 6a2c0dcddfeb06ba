import {
  Pool as DriverPool,
  types,
  type CustomTypesConfig,
  type PoolClient,
  type PoolConfig,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import type { DatabaseAddress } from './address.ts';
import { isRetryable, toDbError, toLastError } from './errors.ts';
import { makeLiveConnections } from './live-connections.ts';
import { withLogin } from './login.ts';
import { runStatement } from './run-statement.ts';

/** Runs one statement: a pool, or the connection of a transaction. */
export type Queryable = {
  query: <Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ) => Promise<QueryResult<Row>>;
};

export type Connection = Queryable & {
  /** Returns the connection to the pool. A broken connection is closed instead. */
  release: (isBroken: boolean) => void;
};

/**
 * A pool of connections. Its functions throw an UnavailableError when PostgreSQL cannot be reached. A statement on the
 * pool itself is its own transaction, and runs again after a deadlock.
 */
export type Pool = Queryable & {
  connect: () => Promise<Connection>;
  end: () => Promise<void>;
};

const MAX_TRIES = 3;

type SessionOptions = {
  statementTimeoutMs: number;
  /** Makes every transaction read-only by default. */
  isReadOnly?: boolean;
};

/** A connection that was idle for less than this is used without a check. */
const CHECK_AFTER_MS = 1_000;

/**
 * Parses int8 as a number, because ids stay far below 2^53. Other types keep the driver's parsers. The setting belongs
 * to the pool, so that nothing else in the process changes.
 */
const columnTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)),
};

/**
 * Creates a pool of connections to PostgreSQL.
 *
 * @param address the address. In a URL, the query parameter `host` may name the directory of a Unix socket, and `options` replaces the
 * settings of a session but the timeouts.
 * @param options.statementTimeoutMs the server ends a statement that runs longer. Behind a proxy, the setting of the
 * role applies instead: see `setRoleSettings`.
 * @param options.onError called when a connection breaks. Without a listener, the error would end the process.
 */
export function createPool(
  address: DatabaseAddress,
  options: SessionOptions & {
    max: number;
    /** How long a connection may be idle before it is checked. The default is 1 s. */
    checkAfterMs?: number;
    onError: (error: Error) => void;
  },
): Pool {
  const pool = new DriverPool({
    ...driverAddress(address),
    max: options.max,
    types: columnTypes,
    application_name: 'belfry',
    connectionTimeoutMillis: 5_000,
    // An idle connection stays open: on a new one, the first list of jobs takes 30 ms longer, because PostgreSQL reads its
    // catalogue and plans every statement again.
    idleTimeoutMillis: 0,
    keepAlive: true,
    ...(typeof address === 'object' && address.isProxied ? {} : sessionSettings(options)),
  });
  pool.on('error', options.onError);
  // The driver's pool listens for errors only on idle connections. Without this listener, a connection that breaks between two
  // statements would end the process. The pool emits `acquire` while it still listens itself. A listener that is added later is too
  // late: a server that shuts down may report this in the packet that completes the login.
  pool.on('acquire', (client) => {
    client.off('error', options.onError);
    client.on('error', options.onError);
  });
  const loggedIn = typeof address === 'object' ? withLogin(pool, address.login) : runNow;
  const { borrow, giveBack } = makeLiveConnections({
    connect: () => loggedIn(() => pool.connect()),
    checkAfterMs: options.checkAfterMs ?? CHECK_AFTER_MS,
    unlisten: (client) => client.off('error', options.onError),
  });

  // The client has a time limit as well, because the server's limit does not help when the server is frozen.
  const run = <Row extends QueryResultRow>(
    client: PoolClient,
    statement: string | QueryConfig,
    values: unknown[] | undefined,
  ) => runStatement<Row>(client, asConfig(statement, values), options.statementTimeoutMs + 2_000);

  const runAlone: Queryable['query'] = async <Row extends QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ) => {
    const client = await borrow();
    let isBroken = true;
    try {
      const result = await run<Row>(client, statement, values);
      isBroken = false;
      return result;
    } finally {
      giveBack(client, isBroken);
    }
  };

  return {
    query: async (statement, values) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await runAlone(statement, values);
        } catch (error) {
          if (!isRetryable(error) || tries === MAX_TRIES) throw toDbError(toLastError(error));
        }
      }
    },
    connect: async () => {
      const client = await borrow().catch(rethrow);
      return {
        query: <Row extends QueryResultRow>(statement: string | QueryConfig, values?: unknown[]) =>
          run<Row>(client, statement, values).catch(rethrow),
        release: (isBroken) => giveBack(client, isBroken),
      };
    },
    end: () => pool.end(),
  };
}

function driverAddress(address: DatabaseAddress): PoolConfig {
  if (typeof address === 'string') return { connectionString: address };
  const { host, port, database, tls } = address;
  return { host, port, database, ssl: tls };
}

function sessionSettings({ statementTimeoutMs, isReadOnly = false }: SessionOptions): PoolConfig {
  // With options of its own, the driver ignores PGOPTIONS.
  const { PGOPTIONS = '' } = process.env;
  const readOnly = isReadOnly ? '-c default_transaction_read_only=on' : '';
  return {
    // Just-in-time compilation is on by default. It takes longer than it saves in statements of milliseconds.
    options: `${PGOPTIONS} -c jit=off ${readOnly}`,
    statement_timeout: statementTimeoutMs,
    // A Lambda environment that is frozen during a transaction does not close it. Without this timeout, every tick
    // would skip the schedules that it has locked until TCP ends the connection, after hours.
    idle_in_transaction_session_timeout: statementTimeoutMs,
  };
}

function runNow<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

function asConfig(statement: string | QueryConfig, values: unknown[] | undefined): QueryConfig {
  const config = typeof statement === 'string' ? { text: statement } : statement;
  return values === undefined ? config : { ...config, values };
}

function rethrow(error: unknown): never {
  throw toDbError(error);
}
