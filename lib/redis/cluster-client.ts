import { Cluster } from 'ioredis';
import { DEFAULT_TIMEOUT_MS, nodeSettings, reconnectDelayMs, type ConnectOptions } from './client.ts';
import { makeConnector } from './connector.ts';

/**
 * Opens connections to the nodes of a cluster, beginning with the one in the URL, which fail fast and heal like
 * `connectRedis`: after a failover the commands follow to the new owner of their slot.
 */
export function connectRedisCluster(url: string, options: ConnectOptions = {}): Cluster {
  const { onError = () => {}, commandTimeoutMs = DEFAULT_TIMEOUT_MS, tokenLogin } = options;
  const { protocol, hostname, port, username, password } = new URL(url);
  const told = new WeakSet<Error>();
  const tell = (error: Error): void => {
    if (!told.has(error)) onError(error);
    told.add(error);
  };
  const cluster = new BoundedCluster([{ host: hostname, port: Number(port || 6_379) }], {
    // Names stay names: certificates are for those, and ElastiCache's addresses change.
    dnsLookup: (address, callback) => callback(null, address),
    // Asked of one node after the other, each over a connection of its own.
    slotsRefreshTimeout: commandTimeoutMs,
    clusterRetryStrategy: reconnectDelayMs,
    // It is one connection and two round trips more at a cold start; a cluster that is down says so to the first command.
    enableReadyCheck: false,
    redisOptions: {
      ...nodeSettings(options),
      Connector: makeConnector({ tokenLogin, timeoutMs: commandTimeoutMs, onError: tell }),
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
  });
  // Without a listener ioredis writes to the console.
  cluster.on('error', tell);
  cluster.on('node error', tell);
  return cluster;
}

type SendCommand = Cluster['sendCommand'];

/**
 * In a cluster ioredis bounds a command when it goes to a node: one that waits for the cluster itself would wait as
 * long as that is away, and then run for a caller who has long gone.
 */
class BoundedCluster extends Cluster {
  override sendCommand(...args: Parameters<SendCommand>): ReturnType<SendCommand> {
    const [command] = args;
    if (command.isSettled) return command.promise;
    const timeoutMs = this.options.redisOptions?.commandTimeout;
    if (timeoutMs !== undefined) command.setTimeout(timeoutMs);
    return super.sendCommand(...args);
  }
}
