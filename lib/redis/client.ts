import { Redis, type RedisOptions } from 'ioredis';
import { makeConnector, type TokenLogin } from './connector.ts';

export type ConnectOptions = {
  /** Called with the error of each failed connection, for the log. Commands reject by themselves. */
  onError?: (error: Error) => void;
  connectionName?: string;
  /** Time after which a command rejects, in any state of the connection. */
  commandTimeoutMs?: number;
  /** Login with a token, instead of a password in the URL. */
  tokenLogin?: TokenLogin | undefined;
};

export const DEFAULT_TIMEOUT_MS = 2_000;

/**
 * Opens a connection that fails fast and reconnects by itself. It connects in the background; commands wait for the
 * connection until their timeout. `url` is redis://…, rediss://… (TLS, verified) or unix:///path.
 */
export function connectRedis(url: string, options: ConnectOptions = {}): Redis {
  const { tokenLogin, commandTimeoutMs: timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const redis = connect(url, {
    ...nodeSettings(options),
    retryStrategy: reconnectDelayMs,
    ...(tokenLogin && { Connector: makeConnector({ tokenLogin, timeoutMs, onError: () => {} }) }),
  });
  // Without a listener ioredis writes to the console.
  redis.on('error', options.onError ?? (() => {}));
  return redis;
}

/** Returns the settings for a connection to one server: a standalone server or a node of a cluster. */
export function nodeSettings({ connectionName, commandTimeoutMs = DEFAULT_TIMEOUT_MS }: ConnectOptions) {
  return {
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    // A frozen Lambda may wake up with a socket that the server has already dropped. Without a reply for this long, ioredis
    // opens a new connection, early enough to send the command again before it times out. The timer runs only while a
    // command waits for a reply.
    socketTimeout: Math.ceil(commandTimeoutMs * 0.75),
    // A command is sent again once over a new connection, then rejected. Every queue operation may be repeated. A repeated
    // take leaves the executions of the first take with the worker, until the worker retires or its lease ends.
    maxRetriesPerRequest: 1,
    // After a failover the old primary is a replica. Only a new connection reaches the new primary.
    reconnectOnError: (error) => (error.message.startsWith('READONLY ') ? 2 : false),
    ...(connectionName === undefined ? {} : { connectionName }),
  } satisfies RedisOptions;
}

// ioredis types a client by the shape of its replies. Belfry uses the default shape.
type Settings = Omit<RedisOptions, 'replyMapping'>;

function connect(url: string, settings: Settings): Redis {
  const { protocol, pathname } = new URL(url);
  switch (protocol) {
    case 'redis:':
    case 'rediss:':
      return new Redis(url, settings);
    case 'unix:':
      return new Redis({ ...settings, path: decodeURIComponent(pathname) });
    default:
      throw new RangeError(`a Redis URL starts with redis://, rediss:// or unix://, not ${protocol}//`);
  }
}

/**
 * Returns the delay before a reconnection: 50 ms, doubled with each attempt up to a second. Half of the delay is random, so
 * that the workers do not all reconnect to a restarted Redis at the same instant.
 */
export function reconnectDelayMs(attempt: number): number {
  const ceilingMs = Math.min(50 * 2 ** (attempt - 1), 1_000);
  return Math.ceil((ceilingMs * (1 + Math.random())) / 2);
}
