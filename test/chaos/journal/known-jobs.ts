import type { AskedJob, Journal, StoredExecution, StoredJob } from './types.ts';

/** A job that PostgreSQL has, acknowledged or not, with the request that created it. */
export type KnownJob = { asked: AskedJob; stored: StoredJob; executions: readonly StoredExecution[] };

export function knownJobs(journal: Journal): KnownJob[] {
  const storedByName = new Map(journal.stored.map((job) => [job.name, job]));
  const executions = Map.groupBy(journal.executions, ({ jobId }) => jobId);
  return journal.jobs.flatMap((asked) => {
    const stored = storedByName.get(asked.name);
    return stored === undefined ? [] : [{ asked, stored, executions: executions.get(stored.id) ?? [] }];
  });
}
