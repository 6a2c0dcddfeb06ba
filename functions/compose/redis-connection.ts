import type { AwsCredentials } from '../../lib/aws-credentials.ts';
import type { Config } from '../../lib/config.ts';
import { connectRedis, type ConnectOptions } from '../../lib/redis/client.ts';
import { connectRedisCluster } from '../../lib/redis/cluster-client.ts';
import { makeIamToken } from '../../lib/redis/iam-token.ts';
import type { RedisConnection } from '../../lib/redis/script.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';

/** Connects to Redis. @param options.credentials of the function's role, for a cache with IAM authentication. */
export function redisConnection(
  { redis, region }: Pick<Config, 'redis' | 'region'>,
  options: ConnectOptions & { credentials: () => Promise<AwsCredentials> },
): RedisConnection {
  const { credentials, ...connectOptions } = options;
  const connect = redis.isCluster ? connectRedisCluster : connectRedis;
  if (redis.iam === undefined) return connect(redis.url, connectOptions);
  const createToken = makeIamToken(redis.iam, { region, credentials, clock: systemClock });
  return connect(redis.url, { ...connectOptions, tokenLogin: { user: redis.iam.user, createToken } });
}
