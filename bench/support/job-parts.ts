import type { JobParts } from '../../functions/compose/job-use-cases.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { makePublishWakeUps } from '../../lib/sqs/publish-wake-ups.ts';
import { defaultSettings } from '../../test/support/default-settings.ts';
import { makeTestDataKeys } from '../../test/support/key-rings.ts';
import type { Stage } from '../../test/support/services.ts';
import { silentLogger } from '../../test/support/silent-logger.ts';

/** Makes the parts of the use cases of jobs, for a stage. */
export const jobParts = ({ pool, redis, sqs, queueUrl }: Stage): JobParts => ({
  pool,
  queue: makeQueue(redis),
  publishWakeUps: makePublishWakeUps({ sqs, queueUrl, clock: systemClock, timeoutMs: 15_000 }),
  clock: { ...systemClock, check: async () => {} },
  logger: silentLogger,
  settings: defaultSettings,
  dataKeys: makeTestDataKeys(),
  ticks: undefined,
});
