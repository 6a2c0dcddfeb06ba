import { Redis, type RedisOptions } from 'ioredis';
import { makeConnector, type TokenLogin } from './connector.ts';

export type ConnectOptions = {
  /** Hears of each failed connection. Commands reject by themselves; this is for the log. */
  onError?: (error: Error) => void;
  connectionName?: string;
  /** A command rejects after this long, whatever became of the connection. */
  commandTimeoutMs?: number;
  /** Instead of a password in the URL. */
  tokenLogin?: TokenLogin | undefined;
};

export const DEFAULT_TIMEOUT_MS = 2_000;

/**
 * Opens a connection that fails fast and heals by itself. It connects in the background: commands wait for it, no longer
 * than their timeout. `url` is redis://…, rediss://… (TLS, verified) or unix:///path.
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

/** Those of a connection to one server, be it alone or a cluster's node. */
export function nodeSettings({ connectionName, commandTimeoutMs = DEFAULT_TIMEOUT_MS }: ConnectOptions) {
  return {
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    // A frozen Lambda may wake up with a socket the other side forgot: no reply for this long means a new connection,
    // in time to send the command again before it times out. Runs only while a reply is awaited.
    socketTimeout: Math.ceil(commandTimeoutMs * 0.75),
    // Sent again once over a new connection, then rejected. All of the queue may be repeated; a repeated take leaves
    // the first one's executions in the worker's hands, until it retires or its lease ends.
    maxRetriesPerRequest: 1,
    // After a failover the old primary is a replica: only a new connection finds the new one.
    reconnectOnError: (error) => (error.message.startsWith('READONLY ') ? 2 : false),
    ...(connectionName === undefined ? {} : { connectionName }),
  } satisfies RedisOptions;
}

// ioredis types a client by the shape its replies take; ours is the usual one.
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

/** 50 ms, doubling to a second, half of it random, so that workers do not return to a restarted Redis in one instant. */
export function reconnectDelayMs(attempt: number): number {
  const ceilingMs = Math.min(50 * 2 ** (attempt - 1), 1_000);
  return Math.ceil((ceilingMs * (1 + Math.random())) / 2);
}
