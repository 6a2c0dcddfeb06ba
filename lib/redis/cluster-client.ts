import { Cluster } from 'ioredis';
import { DEFAULT_TIMEOUT_MS, nodeSettings, reconnectDelayMs, type ConnectOptions } from './client.ts';
import { makeConnector } from './connector.ts';

/**
 * Opens connections to the nodes of a cluster, starting with the node in the URL. Like the connection of `connectRedis`,
 * they fail fast and reconnect by themselves. After a failover, commands go to the new owner of their slot.
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
    // Keeps host names as they are: certificates are issued for names, and ElastiCache's addresses change.
    dnsLookup: (address, callback) => callback(null, address),
    // ioredis asks one node after the other for the slots, each over a separate connection.
    slotsRefreshTimeout: commandTimeoutMs,
    clusterRetryStrategy: reconnectDelayMs,
    // The check would cost one more connection and two round trips at a cold start. Without it, the first command reports
    // that the cluster is down.
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
 * Starts the timeout of a command when it is sent. In a cluster, ioredis starts it only when the command goes to a node: a
 * command that waits for an unavailable cluster would wait without limit, and run long after its caller gave up.
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
