import { makeDispatch } from '../../lib/app/dispatch.ts';
import { startAttempts } from '../../lib/app/part-attempts.ts';
import { insertJobs } from '../../lib/db/jobs.ts';
import type { NewJob } from '../../lib/domain/job.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { aJob, postedJob } from '../../test/support/a-job.ts';
import { defaultSettings } from '../../test/support/default-settings.ts';
import type { Stage } from '../../test/support/services.ts';
import { silentLogger } from '../../test/support/silent-logger.ts';

/** The one-time job that is stored when a client posts `postedJob`. */
export function sampleJob(place: number, api: string, schedule: string): NewJob {
  const { body, ...posted } = postedJob(place, schedule, api);
  return aJob({ ...posted, body: JSON.stringify(body), isRecurring: false });
}

/** Stores one-time jobs that are due now and dispatches them, with Belfry's own code. */
export async function prepareDueExecutions(stage: Stage, api: string, count: number): Promise<void> {
  const { pool, redis } = stage;
  const nowMs = Date.now();
  const due = new Date(nowMs - 1_000);
  for (let first = 0; first < count; first += 1_000) {
    const jobs = Array.from({ length: Math.min(1_000, count - first) }, (_, place) => ({
      ...sampleJob(first + place, api, due.toISOString()),
      nextExecutionTime: due,
    }));
    await insertJobs(pool, jobs, new Date(nowMs));
  }
  const dispatch = makeDispatch({
    pool,
    queue: makeQueue(redis),
    // The measurement wakes its worker.
    publishWakeUps: async () => {},
    clock: systemClock,
    logger: silentLogger,
    settings: defaultSettings,
  });
  const attempts = startAttempts(silentLogger);
  await dispatch({ horizonMs: nowMs, untilMs: Infinity, attempts });
  for (const [part, cause] of attempts.failures()) throw new Error(`${part} failed`, { cause });
}

/** Removes all jobs and their executions. */
export async function clearJobs({ pool, redis }: Stage): Promise<void> {
  await pool.query('truncate job_executions, job_schedules, job_tags, declared_jobs, jobs');
  await redis.flushall();
}
