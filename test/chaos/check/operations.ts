import { doneTag, isSpread } from '../traffic/operations.ts';
import type { AskedOperation, BulkJob, StoredOperation, Violation } from '../journal/types.ts';
import type { Evidence } from './evidence.ts';

const ENDS = 'each operation that was acknowledged exists once, and ends';
const CHANGES = 'an operation changes each of its jobs as it says, and no other operation does';

/** Checks what operations have done. Their jobs are touched by nothing else. */
export function checkOperations({ journal }: Evidence): Violation[] {
  const byTag = Map.groupBy(journal.storedOperations, ({ tag }) => tag);
  const jobs = new Map(journal.bulkJobs.map((job) => [job.id, job]));
  return journal.operations.flatMap((asked) => {
    const stored = byTag.get(asked.tag) ?? [];
    const own = asked.jobIds.flatMap((id) => jobs.get(id) ?? []);
    return [...checkExistence(asked, stored), ...checkJobs(asked, stored[0], own)];
  });
}

function checkExistence(asked: AskedOperation, stored: readonly StoredOperation[]): Violation[] {
  const found = (detail: string): Violation => ({ rule: ENDS, detail: `operation ${asked.tag} ${detail}` });
  const [only] = stored;
  return [
    ...(asked.matched === asked.jobIds.length
      ? []
      : [found(`has ${asked.jobIds.length} jobs, and its dry run counted ${asked.matched}`)]),
    ...(stored.length > 1 ? [found(`exists ${stored.length} times`)] : []),
    ...(asked.id !== undefined && only?.id !== asked.id
      ? [found(`was acknowledged as ${asked.id}, and is ${only?.id ?? 'missing'}`)]
      : []),
    ...(only?.state === 'RUNNING' ? [found('is RUNNING at the end')] : []),
    ...(only?.state === 'ABORTED' && !asked.isAbortAsked ? [found('is ABORTED, and was not aborted')] : []),
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

function checkJobs(
  asked: AskedOperation,
  stored: StoredOperation | undefined,
  jobs: readonly BulkJob[],
): Violation[] {
  const found = (detail: string): Violation => ({
    rule: CHANGES,
    detail: `operation ${asked.tag} (${asked.action}, ${stored?.state ?? 'not started'}) ${detail}`,
  });
  const changed = jobs.filter((job) => isChanged(asked, job)).length;
  // A batch is stored with the progress, or not at all.
  const { done, skipped, failed } = stored ?? { done: 0, skipped: 0, failed: 0 };
  const isWhole = stored?.state === 'DONE';
  const twice = jobs.filter(({ runs }) => runs > 1).length;
  return [
    ...(jobs.length === asked.jobIds.length ? [] : [found(`has ${jobs.length} of its jobs`)]),
    ...(isWhole && changed !== jobs.length ? [found(`changed ${changed} of ${jobs.length} jobs`)] : []),
    ...(stored === undefined && changed > 0 ? [found(`changed ${changed} jobs`)] : []),
    ...(changed !== done ? [found(`says that it changed ${done} jobs, and changed ${changed}`)] : []),
    ...(isWhole && done + skipped + failed !== jobs.length
      ? [found(`counted ${done} + ${skipped} + ${failed} of ${jobs.length} jobs`)]
      : []),
    ...(failed > 0 ? [found(`failed for ${failed} jobs`)] : []),
    ...(twice > 0 ? [found(`ran ${twice} jobs twice`)] : []),
  ];
}
