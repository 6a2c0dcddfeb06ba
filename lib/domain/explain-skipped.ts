import type { ExecutionRecord } from './execution-record.ts';
import type { JobExecution } from './execution.ts';
import { at, type Fact, lasting, toFact } from './fact.ts';

/** A misfire: the limit by which it is one, and the occurrence that was dispatched instead of the skipped ones. */
export type Misfire = {
  afterMs: number;
  /** Undefined if it is no longer in the history. */
  instead: Pick<JobExecution, 'id' | 'executionTime'> | undefined;
};

/** Tells why occurrences did not run. */
export function tellSkipped(execution: ExecutionRecord, misfire: Misfire | undefined): Fact {
  const { executionTime: last, createdAt, reason, lateDispatchBy } = execution;
  const first = execution.skippedFrom ?? last;
  const count = execution.skippedCount ?? 1;
  const behindMs = createdAt.getTime() - first.getTime();
  const values = {
    reason,
    count,
    first: first.toISOString(),
    last: last.toISOString(),
    behindMs,
    by: lateDispatchBy,
    insteadId: misfire?.instead?.id ?? null,
    insteadTime: misfire?.instead?.executionTime.toISOString() ?? null,
  };
  const what =
    count === 1
      ? `the occurrence at ${at(last)}`
      : `the ${count.toLocaleString('en-US')} occurrences from ${at(first)} to ${at(last)}`;
  const when = lateDispatchBy === 'API' ? 'a request changed the job' : 'a tick dispatched it';
  const sentence = `Belfry did not run ${what}. The schedule was ${lasting(behindMs)} behind when ${when} at ${at(createdAt)}.${tellRule(misfire)}`;
  return toFact('SKIPPED', createdAt, values, sentence);
}

function tellRule(misfire: Misfire | undefined): string {
  if (misfire === undefined) return '';
  const { afterMs, instead } = misfire;
  const which =
    instead === undefined ? '' : `: the one at ${at(instead.executionTime)}, execution ${instead.id}`;
  return ` A schedule that is more than ${lasting(afterMs)} behind runs only the latest missed occurrence${which}.`;
}
