import { compareTimes } from '../../../lib/domain/expected-times.ts';
import { compileSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';
import type { AskedJob, Journal, StoredExecution, StoredJob, Violation } from '../journal/types.ts';
import { at, type Evidence, isOccurrence } from './evidence.ts';

const RULE = 'every acknowledged occurrence has exactly one execution';

/** Checks that acknowledged jobs exist, that refused jobs do not, and that each job has the executions of its schedule. */
export function checkOccurrences(evidence: Evidence): Violation[] {
  const { journal, storedByName } = evidence;
  const known = evidence.known.map((job) => ({ ...job, executions: job.executions.filter(isOccurrence) }));
  return [
    ...journal.jobs.flatMap((asked) => checkPresence(asked, storedByName.get(asked.name))),
    ...checkBatches(evidence),
    ...checkDoubles(journal),
    ...known.flatMap((job) => (job.asked.isRecurring ? checkRecurring(job, journal) : checkOnce(job))),
  ];
}

const found = (detail: string): Violation => ({ rule: RULE, detail });

function checkPresence({ name, answer }: AskedJob, stored: StoredJob | undefined): Violation[] {
  switch (answer.kind) {
    case 'acknowledged':
      if (stored?.id === answer.id) return [];
      return [
        found(
          `job ${name}, acknowledged at ${at(answer.atMs)} as ${answer.id}, is ` +
            (stored === undefined ? 'missing' : `stored as ${stored.id}`),
        ),
      ];
    case 'refused':
      return stored === undefined
        ? []
        : [found(`job ${name}, refused with ${answer.status}, is stored as ${stored.id}`)];
    case 'unknown':
      return [];
  }
}

/** Checks that a batch was stored whole or not at all, also when its answer was lost. */
function checkBatches({ journal, storedByName }: Evidence): Violation[] {
  return [...Map.groupBy(journal.jobs, ({ request }) => request)].flatMap(([request, jobs]) => {
    const there = jobs.filter(({ name }) => storedByName.has(name)).length;
    return there === 0 || there === jobs.length
      ? []
      : [found(`request ${request} has ${jobs.length} jobs, and ${there} are stored`)];
  });
}

function checkDoubles({ executions, stored }: Journal): Violation[] {
  const ofSchedules = executions.filter(isOccurrence);
  const occurrences = Map.groupBy(ofSchedules, ({ jobId, executionMs }) => `${jobId} at ${at(executionMs)}`);
  const doubled = [...occurrences].filter(([, same]) => same.length > 1);
  const names = Map.groupBy(stored, ({ name }) => name);
  const twice = [...names].filter(([, same]) => same.length > 1);
  return [
    ...doubled.map(([occurrence, same]) =>
      found(`job ${occurrence} has the executions ${same.map(({ id }) => id).join(' and ')}`),
    ),
    ...twice.map(([name, same]) => found(`job ${name} is stored ${same.length} times`)),
  ];
}

type Known = Evidence['known'][number];

function checkOnce({ asked, stored, executions }: Known): Violation[] {
  const dueMs = Date.parse(asked.schedule);
  const strays = executions.filter(({ executionMs }) => executionMs !== dueMs);
  // A job that was paused or deleted may have been stopped before it was dispatched.
  const mayBeMissing = asked.stop?.kind === 'pause' || asked.stop?.kind === 'delete';
  const isMissing = executions.length === 0 && !mayBeMissing;
  return [
    ...strays.map((execution) => stray(asked, stored, execution)),
    ...(isMissing ? [found(`job ${asked.name} (${stored.id}), due at ${at(dueMs)}, has no execution`)] : []),
  ];
}

/**
 * Checks that a recurring job has an execution for every time of its schedule, from the first up to the schedule's next time.
 * A stopped job must have every execution that was due when the last tick before the stop began: ticks look ahead.
 */
function checkRecurring({ asked, stored, executions }: Known, journal: Journal): Violation[] {
  const schedule = compileSchedule(asked.schedule, 'UTC');
  const times = executions.map(({ executionMs }) => executionMs).sort((a, b) => a - b);
  const firstMs = asked.answer.kind === 'acknowledged' ? asked.answer.firstMs : (times[0] ?? stored.nextMs);
  if (firstMs === undefined) return [];
  const { pausedByRuleMs } = stored;
  const isStopped =
    pausedByRuleMs !== undefined || (asked.stop !== undefined && asked.stop.kind !== 'change');
  const stoppedMs = Math.min(pausedByRuleMs ?? Infinity, asked.stop?.sentMs ?? Infinity);
  const toMs = isStopped
    ? Math.max((times.at(-1) ?? 0) + 1, servedUpTo(asked, { firstMs, stoppedMs }, journal))
    : (stored.nextMs ?? Infinity);
  if (toMs === Infinity) return [found(`job ${asked.name} (${stored.id}) recurs, and has no next time`)];
  const comparison = compareTimes(schedule, { firstMs, toMs, isRecurring: true });
  const wanted = new Set(comparison.feed(times));
  const overdue = isStopped || toMs > journal.quietMs ? [] : [toMs];
  return [
    ...executions
      .filter(({ executionMs }) => !wanted.has(executionMs))
      .map((execution) => stray(asked, stored, execution)),
    ...comparison
      .end()
      .map((gap) =>
        found(
          `job ${asked.name} (${stored.id}) has no execution for ${gap.count} of its times, ` +
            `${at(gap.firstMs)} to ${at(gap.lastMs)}`,
        ),
      ),
    ...overdue.map((ms) =>
      found(`job ${asked.name} (${stored.id}) is still at ${at(ms)}, and no tick has dispatched it`),
    ),
  ];
}

function servedUpTo(
  { answer }: AskedJob,
  { firstMs, stoppedMs }: { firstMs: number; stoppedMs: number },
  { ticks }: Journal,
): number {
  if (answer.kind !== 'acknowledged') return firstMs;
  const served = ticks.filter(
    ({ startedMs, endedMs }) => startedMs > answer.atMs && endedMs < stoppedMs && startedMs > firstMs,
  );
  return Math.max(firstMs, ...served.map(({ startedMs }) => startedMs));
}

function stray(asked: AskedJob, stored: StoredJob, { id, executionMs }: StoredExecution): Violation {
  return found(
    `job ${asked.name} (${stored.id}) has execution ${id} at ${at(executionMs)}, when its schedule has none`,
  );
}
