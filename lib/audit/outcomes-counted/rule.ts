import type { Queryable } from '../../db/pool.ts';
import { DAY_MS } from '../../domain/day.ts';
import { keptDays } from '../../domain/roll-up/periods.ts';
import { dayOfPartition, findPartitionsOf } from '../executions/find-in-page.ts';
import type { AuditRule, AuditSettings } from '../rule.ts';
import { walk } from '../walk.ts';
import {
  countEndedInPage,
  hasOutcomesBefore,
  readCountedOutcomes,
  type Outcomes,
  type Range,
} from './find-outcomes.ts';

const MINUTE_MS = 60_000;
/** The rule finds executions that end within this time after their execution time. */
const ENDS_WITHIN_MS = 7 * DAY_MS;
const statuses = ['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED'] as const;

export const outcomesCounted: AuditRule = {
  name: 'outcomes-counted',
  promise: 'the statistics count each outcome once',
  check: async (tx, settings, report) => {
    // Executions may end long after their times, and are cancelled before them.
    const since = new Date(settings.since.getTime() - ENDS_WITHIN_MS);
    const partitions = await findPartitionsOf(tx, { since, until: new Date(8.64e15) });
    const range = await rangeOf(tx, settings, partitions);
    if (range.from >= range.to) return;

    const ended: Outcomes = { SUCCESS: 0, FAILED: 0, CANCELLED: 0, SKIPPED: 0 };
    for (const partition of partitions) {
      await walk(
        report,
        0,
        (after) => countEndedInPage(tx, { partition, after, limit: settings.rowsPerPage, ...range }),
        (found) => {
          for (const page of found) for (const status of statuses) ended[status] += page[status];
        },
      );
    }
    if (report.isFull()) return;
    const counted = await readCountedOutcomes(tx, range);
    for (const status of statuses) {
      if (isRight(status, counted[status], ended[status])) continue;
      report.finding({
        detail: `${ended[status]} ${status === 'SKIPPED' ? 'occurrences' : 'executions'} are ${status} and ended from ${range.from.toISOString()} to ${range.to.toISOString()}, but ${counted[status]} are counted`,
      });
    }
  },
};

/**
 * An execution that was cancelled before its time and is dispatched again is no longer CANCELLED, and stays counted. Occurrences may
 * be SKIPPED long after their times, so that some are on days that were not read.
 */
const isRight = (status: keyof Outcomes, counted: number, ended: number): boolean =>
  status === 'CANCELLED' || status === 'SKIPPED' ? counted >= ended : counted === ended;

/** The whole minutes of the window whose counts and executions are both kept. */
async function rangeOf(
  tx: Queryable,
  { now, since, until }: AuditSettings,
  partitions: readonly string[],
): Promise<Range> {
  const days = partitions.flatMap((name) => dayOfPartition(name) ?? []);
  const oldest = new Date(Math.min(...days));
  const isOlderDropped = days.length > 0 && (await hasOutcomesBefore(tx, oldest));
  const from = Math.max(
    since.getTime(),
    now.getTime() - (keptDays[60] - 1) * DAY_MS,
    // The last executions of a dropped day ended on the day after it.
    isOlderDropped ? oldest.getTime() + DAY_MS : 0,
  );
  const to = Math.min(until.getTime(), now.getTime());
  return {
    from: new Date(Math.ceil(from / MINUTE_MS) * MINUTE_MS),
    to: new Date(Math.floor(to / MINUTE_MS) * MINUTE_MS),
  };
}
