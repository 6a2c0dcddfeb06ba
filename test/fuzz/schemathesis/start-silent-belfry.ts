import { join } from 'node:path';
import { openAdminKey } from '../../../local/data-dir/admin-key.ts';
import { openDataKeysFile } from '../../../local/data-dir/data-keys.ts';
import { openLogFile } from '../../../local/log-file.ts';
import { wakeUpQueueSpec } from '../../../local/services.ts';
import { knownCredentials } from '../../../local/services/sqs.ts';
import { startBelfry } from '../../../local/start-belfry.ts';
import { timings, wakeUpQueue } from '../../../lib/topology.ts';
import { startTemporaryServices } from '../../support/temporary-services.ts';

export type SilentBelfry = { address: string; apiKey: string; directory: string; stop: () => Promise<void> };

/**
 * Starts a Belfry without workers, on services of its own: API and ticks. Only workers call the URLs of jobs, so no request leaves
 * this machine, regardless of the URLs of the jobs.
 */
export async function startSilentBelfry(report: (line: string) => void): Promise<SilentBelfry> {
  const services = await startTemporaryServices({
    prefix: 'belfry-schemathesis-services-',
    isDurable: false,
    queues: [wakeUpQueueSpec],
    report,
  });
  const { dataDir, postgres, redis, sqs, atEnd, stop } = services;
  try {
    const directory = dataDir.path;
    const log = openLogFile(join(directory, 'belfry.log'));
    const belfry = await startBelfry({
      services: async () => ({
        databaseUrl: postgres.url,
        redisUrl: redis.url,
        queues: {
          url: sqs.url,
          wakeUpQueueUrl: sqs.queueUrls[wakeUpQueue.name] ?? '',
          credentials: knownCredentials,
        },
        dataKeysFile: await openDataKeysFile(directory, undefined),
        apiKey: await openAdminKey(directory),
      }),
      environments: { api: { most: 4, warm: 2 }, scheduler: { most: 1, warm: 1 } },
      functionEnv: {
        BELFRY_LOG_LEVEL: 'WARN',
        // The limiter counts as usual, but its limits are never reached.
        BELFRY_RATE_LIMIT_PER_SECOND: '100000',
        BELFRY_RATE_LIMIT_BURST: '200000',
      },
      port: 0,
      tickEveryMs: timings.tickIntervalMs,
      graceMs: 0,
      log,
      report,
      onStop: atEnd,
    });
    return { address: belfry.address, apiKey: belfry.services.apiKey, directory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
