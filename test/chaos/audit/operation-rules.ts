import type { AuditRule } from '../../../lib/audit/rule.ts';
import { reportAll } from '../../../lib/audit/walk.ts';
import type { Queryable } from '../../../lib/db/pool.ts';
import type { AskedOperation, BulkJob, StoredOperation } from '../journal/types.ts';
import { BULK_GROUP, doneTag, isSpread } from '../traffic/operations.ts';

/** Returns the rules about operations. Their jobs are touched by nothing else. */
export function operationRules(operations: readonly AskedOperation[]): AuditRule[] {
  const rule = (
    { name, promise }: { name: string; promise: string },
    find: (asked: AskedOperation, stored: readonly StoredOperation[], jobs: readonly BulkJob[]) => string[],
  ): AuditRule => ({
    name,
    promise,
    check: async (tx, _, report) => {
      const stored = Map.groupBy(await readOperations(tx), ({ tag }) => tag);
      const jobs = new Map((await readBulkJobs(tx)).map((job) => [job.id, job]));
      for (const asked of operations) {
        const own = asked.jobIds.flatMap((id) => jobs.get(id) ?? []);
        const details = find(asked, stored.get(asked.tag) ?? [], own);
        reportAll(report, details, (detail) => ({
          detail: `operation ${asked.tag} (${asked.action}) ${detail}`,
        }));
      }
    },
  });
  return [
    rule(
      { name: 'operations-end', promise: 'each operation that was acknowledged exists once, and ends' },
      findWrongEnds,
    ),
    rule(
      {
        name: 'operations-change-jobs',
        promise: 'an operation changes each of its jobs as it says, and no other operation does',
      },
      findWrongChanges,
    ),
  ];
}

const READ_BULK_JOBS = /* sql */ `
  select j.id, j.is_active as "isActive", j.deleted_at is not null as "isDeleted", j.tags, j.schedule,
         (select count(*)::int from job_executions e where e.job_id = j.id and e.trigger = 'MANUAL') as runs
    from jobs j
   where j.job_group = '${BULK_GROUP}'
   order by j.id`;

export async function readBulkJobs(db: Queryable): Promise<BulkJob[]> {
  return (await db.query<BulkJob>(READ_BULK_JOBS)).rows;
}

const READ_OPERATIONS = /* sql */ `
  select id, filter ->> 'tag' as tag, state, done, skipped, failed from operations order by id`;

export async function readOperations(db: Queryable): Promise<StoredOperation[]> {
  return (await db.query<StoredOperation>(READ_OPERATIONS)).rows;
}

function findWrongEnds(asked: AskedOperation, stored: readonly StoredOperation[]): string[] {
  const [only] = stored;
  return [
    ...(asked.matched === asked.jobIds.length
      ? []
      : [`has ${asked.jobIds.length} jobs, and its dry run counted ${asked.matched}`]),
    ...(stored.length > 1 ? [`exists ${stored.length} times`] : []),
    ...(asked.id !== undefined && only?.id !== asked.id
      ? [`was acknowledged as ${asked.id}, and is ${only?.id ?? 'missing'}`]
      : []),
    ...(only?.state === 'RUNNING' ? ['is RUNNING at the end'] : []),
    ...(only?.state === 'ABORTED' && !asked.isAbortAsked ? ['is ABORTED, and was not aborted'] : []),
  ];
}

function isChanged({ action, tag }: AskedOperation, job: BulkJob): boolean {
  switch (action) {
    case 'pause':
      return !job.isActive && !job.isDeleted;
    case 'resume':
      return job.isActive && !job.isDeleted;
    case 'delete':
      return job.isDeleted;
    case 'tag':
      return job.tags.includes(doneTag(tag));
    case 'run':
      return job.runs > 0;
    case 'spread':
      return isSpread(job.schedule);
  }
}

function findWrongChanges(
  asked: AskedOperation,
  [stored]: readonly StoredOperation[],
  jobs: readonly BulkJob[],
): string[] {
  const changed = jobs.filter((job) => isChanged(asked, job)).length;
  // A batch is stored with the progress, or not at all.
  const { done, skipped, failed } = stored ?? { done: 0, skipped: 0, failed: 0 };
  const isWhole = stored?.state === 'DONE';
  const twice = jobs.filter(({ runs }) => runs > 1).length;
  return [
    ...(jobs.length === asked.jobIds.length ? [] : [`has ${jobs.length} of its jobs`]),
    ...(isWhole && changed !== jobs.length ? [`changed ${changed} of ${jobs.length} jobs`] : []),
    ...(stored === undefined && changed > 0 ? [`was not started, and changed ${changed} jobs`] : []),
    ...(changed !== done ? [`says that it changed ${done} jobs, and changed ${changed}`] : []),
    ...(isWhole && done + skipped + failed !== jobs.length
      ? [`counted ${done} + ${skipped} + ${failed} of ${jobs.length} jobs`]
      : []),
    ...(failed > 0 ? [`failed for ${failed} jobs`] : []),
    ...(twice > 0 ? [`ran ${twice} jobs twice`] : []),
  ];
}
