import { ping } from '../lib/db/ping.ts';
import { createPool } from '../lib/db/pool.ts';
import { UnavailableError } from '../lib/domain/errors.ts';
import { connectRedis } from '../lib/redis/client.ts';
import { LocalRunError } from './data-dir/data-dir.ts';
import { findQueueUrl } from './services.ts';
import { knownCredentials, localSqsClient } from './services/sqs.ts';
import type { LocalSettings } from './settings.ts';

/** Timeout of a check. A working service answers much faster. */
const TIMEOUT_MS = 5_000;

/**
 * Checks at the same time whether the services that the user named answer, before anything is started.
 *
 * @throws LocalRunError with one line for each service that cannot be used: its variable, its host and port, and the reason. It
 * shows no password.
 */
export async function checkTheirServices(
  settings: Pick<LocalSettings, 'databaseUrl' | 'redisUrl' | 'sqsEndpoint'>,
): Promise<void> {
  const { databaseUrl, redisUrl, sqsEndpoint } = settings;
  const faults = await Promise.all([
    faultOf('DATABASE_URL', 'PostgreSQL', databaseUrl, askDatabase),
    faultOf('REDIS_URL', 'Redis', redisUrl, askRedis),
    faultOf('AWS_ENDPOINT_URL_SQS', 'SQS', sqsEndpoint, askSqs),
  ]);
  const lines = faults.filter((fault) => fault !== undefined);
  if (lines.length > 0) throw new LocalRunError(lines.join('\n'));
}

/** Checks one service. Returns a line with the reason if it cannot be used; undefined if it answers or is not the user's. */
async function faultOf(
  variable: string,
  service: string,
  url: string | undefined,
  ask: (url: string) => Promise<void>,
): Promise<string | undefined> {
  if (url === undefined) return undefined;
  try {
    await ask(url);
    return undefined;
  } catch (error) {
    return `${variable}: ${service} at ${placeOf(url)} cannot be used: ${reasonOf(error)}`;
  }
}

async function askDatabase(url: string): Promise<void> {
  const pool = createPool(url, { max: 1, statementTimeoutMs: TIMEOUT_MS, onError: () => {} });
  try {
    await ping(pool);
  } finally {
    await pool.end();
  }
}

async function askRedis(url: string): Promise<void> {
  let lastFault: Error | undefined;
  const redis = connectRedis(url, {
    commandTimeoutMs: TIMEOUT_MS,
    onError: (error) => {
      lastFault = error;
    },
  });
  try {
    await redis.ping();
  } catch (error) {
    // The command's own error only says that the maximum number of attempts was reached.
    throw lastFault ?? error;
  } finally {
    redis.disconnect();
  }
}

async function askSqs(endpoint: string): Promise<void> {
  const client = localSqsClient(endpoint, knownCredentials, { maxAttempts: 1, attemptTimeoutMs: TIMEOUT_MS });
  try {
    await findQueueUrl(client);
  } finally {
    client.destroy();
  }
}

/** Returns the host and port, or the socket, of a URL. */
function placeOf(url: string): string {
  const { protocol, host, hostname, port, pathname, searchParams } = new URL(url);
  if (protocol === 'unix:') return decodeURIComponent(pathname);
  const socket = searchParams.get('host') ?? searchParams.get('path');
  if (socket !== null) return socket;
  const usual = USUAL_PORTS[protocol];
  return port === '' && usual !== undefined ? `${hostname}:${usual}` : host;
}

const USUAL_PORTS: Record<string, number> = {
  'postgres:': 5_432,
  'postgresql:': 5_432,
  'redis:': 6_379,
  'rediss:': 6_379,
  'http:': 80,
  'https:': 443,
};

function reasonOf(error: unknown): string {
  if (error instanceof UnavailableError && error.cause !== undefined) return reasonOf(error.cause);
  // A name with several addresses has one error for each of them.
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
