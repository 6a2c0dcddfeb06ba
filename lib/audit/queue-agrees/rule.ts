import { findQueued, listWaiting, type QueuedExecution } from './find-queued.ts';
import type { Queryable } from '../../db/pool.ts';
import type { Places } from '../../redis/places.ts';
import { findMisplaced, placesOf } from './misplaced.ts';
import type { AuditRule, AuditSettings, Report } from '../rule.ts';
import { walk } from '../walk.ts';

/** The maximum number of ids to read from each part of the queue. Redis would take too long to reply with more. */
const IDS_PER_PART = 100_000;
/** Executions reach the queue shortly after PostgreSQL: a tick enqueues each batch before it begins the next one. */
const SETTLED_AFTER_MS = 10_000;

type QueueReader = {
  readPlaces: (options: { limit: number }) => Promise<Places>;
  /** Returns the ids that have no payload in the queue. */
  readUnknown: (ids: readonly number[]) => Promise<number[]>;
};

/**
 * Makes a rule that compares the ids in each part of the queue with the waiting executions in PostgreSQL. It reads one
 * after the other, so work in progress appears as findings: run it while no job is due. It ignores executions that
 * changed in the last 10 s, because they may not have reached the queue yet.
 */
export function makeQueueRule({ readPlaces, readUnknown }: QueueReader): AuditRule {
  return {
    name: 'queue-agrees',
    promise:
      'while no job is due, the queue contains each execution that waits in PostgreSQL once, with the same due time',
    check: async (tx, settings, report) => {
      const waiting = await readWaiting(tx, settings, report);
      const places = await readPlaces({ limit: IDS_PER_PART });
      if (!places.isComplete) report.stop();
      const executions = new Map(waiting.map((execution) => [execution.executionId, execution]));
      for (const execution of await readQueued(tx, places, settings, report)) {
        executions.set(execution.executionId, execution);
      }
      const unknownIds = new Set(await readUnknown(waiting.map(({ executionId }) => executionId)));
      for (const finding of findMisplaced({ waiting, executions, places, unknownIds }, settings)) {
        report.finding(finding);
      }
    },
  };
}

/** Reads the executions that the queue must contain: a tick enqueues everything that is due within the look-ahead. */
async function readWaiting(
  tx: Queryable,
  settings: AuditSettings,
  report: Report,
): Promise<QueuedExecution[]> {
  const { now, lookAheadMs, rowsPerPage } = settings;
  const horizon = new Date(now.getTime() + lookAheadMs);
  const settledBefore = new Date(now.getTime() - SETTLED_AFTER_MS);
  const waiting: QueuedExecution[] = [];
  await walk(
    report,
    { at: new Date(0), id: 0 },
    (after) => listWaiting(tx, horizon, after, rowsPerPage),
    (found) => {
      waiting.push(...found.filter(({ updatedAt }) => updatedAt < settledBefore));
    },
  );
  return waiting;
}

async function readQueued(
  tx: Queryable,
  places: Places,
  { rowsPerPage }: AuditSettings,
  report: Report,
): Promise<QueuedExecution[]> {
  const ids = [...placesOf(places).keys()];
  const queued: QueuedExecution[] = [];
  for (let at = 0; at < ids.length && !report.isFull(); at += rowsPerPage) {
    queued.push(...(await findQueued(tx, ids.slice(at, at + rowsPerPage))));
    report.read(Math.min(rowsPerPage, ids.length - at));
  }
  return queued;
}
