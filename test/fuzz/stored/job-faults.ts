import { compileSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';
import { findBodyFault } from '../../../lib/api/job-body.ts';
import { findHeaderFaults } from '../../../lib/api/job-headers.ts';
import { findUrlFault } from '../../../lib/api/job-url.ts';
import type { StoredJob } from './read-database.ts';

type Resource = StoredJob['resource'];

/** Checks a stored job against the rules that go beyond the schema. */
export function faultsOfJob({ resource: job }: StoredJob): string[] {
  const faults = [
    findUrlFault(job.api),
    findBodyFault(job.body)?.message,
    ...findHeaderFaults(job.headers).map(({ message }) => message),
    readSchedule(job),
    job.type === 'AT_MOST_ONCE' && job.maxRetryCount > 0 ? 'AT_MOST_ONCE with retries' : undefined,
    (job.method === 'GET' || job.method === 'HEAD') && job.body !== null
      ? `${job.method} with a body`
      : undefined,
    job.isRecurring && /^\d{4}-/.test(job.schedule) ? 'an instant that recurs' : undefined,
    job.nextExecutionTime !== null && !job.isActive ? 'paused, with a next time' : undefined,
  ];
  return faults.filter((fault) => fault !== undefined).map((fault) => `stored job ${job.id}: ${fault}`);
}

function readSchedule({ schedule, timeZone }: Resource): string | undefined {
  try {
    compileSchedule(schedule, timeZone);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
