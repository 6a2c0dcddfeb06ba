import { findQueued, listWaiting, type QueuedExecution } from './find-queued.ts';
import type { Queryable } from '../../db/pool.ts';
import type { Places } from '../../redis/places.ts';
import { findMisplaced, placesOf } from './misplaced.ts';
import type { AuditRule, AuditSettings, Report } from '../rule.ts';
import { walk } from '../walk.ts';

/** Ids of each part of the queue that are read at most: of one part more than this takes Redis too long to hand out. */
const IDS_PER_PART = 100_000;
/** What PostgreSQL has is in the queue a moment later: a batch of a tick goes there before the next one is begun. */
const SETTLED_AFTER_MS = 10_000;

type QueueReader = {
  readPlaces: (options: { limit: number }) => Promise<Places>;
  /** Those of the ids whose payload is not there. */
  readUnknown: (ids: readonly number[]) => Promise<number[]>;
};

/**
 * Compares the ids in each part of the queue with what waits in PostgreSQL. The two are read one after the other, and
 * what goes on meanwhile shows: it is to be asked while nothing is due. What changed a moment ago is left out, as it
 * may be on its way.
 */
export function makeQueueRule({ readPlaces, readUnknown }: QueueReader): AuditRule {
  return {
    name: 'queue-agrees',
    promise:
      'once all is quiet, the queue holds what waits in PostgreSQL, each once and until the same instant',
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

/** What the queue must know by now: a tick looks after it up to the look-ahead. */
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
