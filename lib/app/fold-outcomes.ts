import {
  addToPeriods,
  addToTotals,
  listSeries,
  lockFolds,
  setCountedUntil,
  takeBatches,
} from '../db/fold-outcomes.ts';
import type { Pool } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import { foldBatches } from '../domain/roll-up/fold.ts';
import { makeAdmitGroup } from '../domain/roll-up/series.ts';

/** The number of rows that one transaction folds. Each row has the outcomes of at most 500 executions. */
const ROWS_PER_FOLD = 1_000;

/**
 * Folds outcomes until none is left or the time is over, and returns the number of rows. It folds some rows even when no
 * time is left, because otherwise their number would only grow.
 */
export type FoldOutcomes = (options: { untilMs: number }) => Promise<number>;

/**
 * Adds the outcomes that workers recorded to the counts of minutes, hours and days. The same transaction deletes the outcomes
 * and adds the counts, so a crash does not lose an outcome, and does not count one twice.
 */
export function makeFoldOutcomes({ pool, clock }: { pool: Pool; clock: Clock }): FoldOutcomes {
  /** Returns the number of folded rows; 0 while another tick folds. */
  const foldOnce = (): Promise<number> =>
    inTransaction(pool, async (tx) => {
      if (!(await lockFolds(tx))) return 0;
      const startedMs = clock.nowMs();
      const batches = await takeBatches(tx, ROWS_PER_FOLD);
      if (batches.length > 0) {
        const { periods, totals } = foldBatches(batches, makeAdmitGroup(await listSeries(tx)));
        await addToPeriods(tx, periods);
        await addToTotals(tx, totals);
      }
      if (batches.length < ROWS_PER_FOLD) await setCountedUntil(tx, new Date(startedMs));
      return batches.length;
    });

  return async ({ untilMs }) => {
    let folded = 0;
    let rows: number;
    do {
      rows = await foldOnce();
      folded += rows;
    } while (rows === ROWS_PER_FOLD && clock.nowMs() < untilMs);
    return folded;
  };
}
