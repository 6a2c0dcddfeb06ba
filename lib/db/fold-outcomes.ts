import type { OutcomeBatch, PeriodCounts, TotalCounts } from '../domain/roll-up/fold.ts';
import type { CountedStatus, Distribution } from '../domain/roll-up/outcome-counts.ts';
import type { Queryable } from './pool.ts';

// Call all of these functions in one transaction, after `lockFolds`.

/** The id of the advisory lock. It can be any number that no other lock of Belfry has. */
const FOLD_LOCK = 7_206_177;

/** Makes this transaction the only one that folds. Returns false if another one is folding. */
export async function lockFolds(tx: Queryable): Promise<boolean> {
  const { rows } = await tx.query<{ isMine: boolean }>({
    name: 'lock_folds',
    text: 'select pg_try_advisory_xact_lock($1) as "isMine"',
    values: [FOLD_LOCK],
  });
  return rows[0]?.isMine === true;
}

// Reads the table from its start and stops at the limit. The values are JSON, because the driver parses it faster than arrays.
const TAKE_BATCHES = /* sql */ `
  delete from outcome_batches
   where ctid = any (array(select ctid from outcome_batches limit $1))
  returning minute, job_group as "group", status, executions,
            array_to_json(durations_ms) as "durationsMs", array_to_json(latenesses_ms) as "latenessesMs"`;

type TakenBatch = Omit<OutcomeBatch, 'minuteMs'> & { minute: Date };

/** Deletes and returns outcomes that are not folded yet, at most `limit` rows. */
export async function takeBatches(tx: Queryable, limit: number): Promise<OutcomeBatch[]> {
  const { rows } = await tx.query<TakenBatch>({ name: 'take_batches', text: TAKE_BATCHES, values: [limit] });
  return rows.map(({ minute, ...batch }) => ({ ...batch, minuteMs: minute.getTime() }));
}

/** Lists the series that have totals. */
export async function listSeries(tx: Queryable): Promise<string[]> {
  const { rows } = await tx.query<{ series: string }>({
    name: 'list_series',
    text: 'select distinct series from outcome_totals',
  });
  return rows.map(({ series }) => series);
}

const ADD_TO_PERIODS = /* sql */ `
  insert into outcome_counts as c (series, period_seconds, starts_at, status, executions,
                                   duration_sum_ms, duration_max_ms, durations,
                                   lateness_sum_ms, lateness_max_ms, latenesses)
  select series, period_seconds, starts_at, status, executions,
         duration_sum_ms, duration_max_ms, durations::integer[], lateness_sum_ms, lateness_max_ms, latenesses::integer[]
    from unnest($1::text[], $2::integer[], $3::timestamptz[], $4::text[], $5::bigint[], $6::bigint[], $7::integer[],
                $8::text[], $9::bigint[], $10::integer[], $11::text[])
           d (series, period_seconds, starts_at, status, executions, duration_sum_ms, duration_max_ms, durations,
              lateness_sum_ms, lateness_max_ms, latenesses)
      on conflict (series, period_seconds, starts_at, status) do update
     set executions = c.executions + excluded.executions,
         duration_sum_ms = c.duration_sum_ms + excluded.duration_sum_ms,
         duration_max_ms = greatest(c.duration_max_ms, excluded.duration_max_ms),
         durations = add_counts(c.durations, excluded.durations),
         lateness_sum_ms = c.lateness_sum_ms + excluded.lateness_sum_ms,
         lateness_max_ms = greatest(c.lateness_max_ms, excluded.lateness_max_ms),
         latenesses = add_counts(c.latenesses, excluded.latenesses)`;

/** Adds counts to the counts of their periods. */
export async function addToPeriods(tx: Queryable, periods: readonly PeriodCounts[]): Promise<void> {
  await tx.query({
    name: 'add_to_periods',
    text: ADD_TO_PERIODS,
    values: [
      periods.map(({ series }) => series),
      periods.map(({ periodSeconds }) => periodSeconds),
      periods.map(({ startsAtMs }) => new Date(startsAtMs)),
      periods.map(({ status }) => status),
      periods.map(({ executions }) => executions),
      periods.map(({ duration }) => duration.sumMs),
      periods.map(({ duration }) => duration.maxMs),
      periods.map(({ duration }) => arrayText(duration)),
      periods.map(({ lateness }) => lateness.sumMs),
      periods.map(({ lateness }) => lateness.maxMs),
      periods.map(({ lateness }) => arrayText(lateness)),
    ],
  });
}

const ADD_TO_TOTALS = /* sql */ `
  insert into outcome_totals as t (series, status, executions, duration_sum_ms, durations, lateness_sum_ms, latenesses,
                                   last_minute)
  select series, status, executions, duration_sum_ms, durations::bigint[], lateness_sum_ms, latenesses::bigint[], last_minute
    from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[],
                $8::timestamptz[])
           d (series, status, executions, duration_sum_ms, durations, lateness_sum_ms, latenesses, last_minute)
      on conflict (series, status) do update
     set executions = t.executions + excluded.executions,
         duration_sum_ms = t.duration_sum_ms + excluded.duration_sum_ms,
         durations = add_counts(t.durations, excluded.durations),
         lateness_sum_ms = t.lateness_sum_ms + excluded.lateness_sum_ms,
         latenesses = add_counts(t.latenesses, excluded.latenesses),
         last_minute = greatest(t.last_minute, excluded.last_minute)`;

/** Adds counts to the totals. */
export async function addToTotals(tx: Queryable, totals: readonly TotalCounts[]): Promise<void> {
  await tx.query({
    name: 'add_to_totals',
    text: ADD_TO_TOTALS,
    values: [
      totals.map(({ series }) => series),
      totals.map(({ status }): CountedStatus => status),
      totals.map(({ executions }) => executions),
      totals.map(({ duration }) => duration.sumMs),
      totals.map(({ duration }) => arrayText(duration)),
      totals.map(({ lateness }) => lateness.sumMs),
      totals.map(({ lateness }) => arrayText(lateness)),
      totals.map(({ lastMinuteMs }) => new Date(lastMinuteMs)),
    ],
  });
}

/** An array of arrays of different lengths cannot be a parameter, so each histogram is the text of an array. */
const arrayText = ({ counts }: Distribution): string => `{${counts.join(',')}}`;

/** Notes that every outcome that was recorded before the instant is counted. */
export async function setCountedUntil(tx: Queryable, until: Date): Promise<void> {
  await tx.query({
    name: 'set_counted_until',
    text: 'update outcome_folds set counted_until = greatest(counted_until, $1)',
    values: [until],
  });
}
