import type { DecidedStep } from '../domain/roll-up/group-outcomes.ts';
import { addCountsText } from '../domain/roll-up/buckets.ts';
import {
  type CountedStatus,
  type Distribution,
  noOutcomes,
  type OutcomeCounts,
} from '../domain/roll-up/outcome-counts.ts';
import type { PeriodSeconds } from '../domain/roll-up/periods.ts';
import type { GroupSeries, Series } from '../domain/roll-up/series.ts';
import type { Queryable } from './pool.ts';

export type OutcomePeriod = OutcomeCounts & { startsAt: Date; status: CountedStatus };
export type OutcomeTotal = OutcomeCounts & { series: GroupSeries; status: CountedStatus };

type Row = {
  status: CountedStatus;
  executions: number;
  durationSumMs: number;
  durationMaxMs: number;
  durations: number[];
  latenessSumMs: number;
  latenessMaxMs: number;
  latenesses: number[];
};

// Reads a range of the primary key. A month of hours has 200,000 counts in its histograms, which are added from their text.
const LIST_OUTCOME_COUNTS = /* sql */ `
  select floor(extract(epoch from starts_at - $3) / $5::integer)::integer as step, status, executions,
         duration_sum_ms as "durationSumMs", duration_max_ms as "durationMaxMs", durations::text as durations,
         lateness_sum_ms as "latenessSumMs", lateness_max_ms as "latenessMaxMs", latenesses::text as latenesses
    from outcome_counts
   where series = $1
     and period_seconds = $2
     and starts_at >= $3
     and starts_at < $4`;

type TextRow = Omit<Row, 'durations' | 'latenesses'> & {
  step: number;
  durations: string;
  latenesses: string;
};

/** Adds up the counts of the periods in a range, for each step and status that has any, in no order. */
export async function listOutcomeCounts(
  db: Queryable,
  range: { series: Series; periodSeconds: PeriodSeconds; from: Date; to: Date; stepSeconds: number },
): Promise<OutcomePeriod[]> {
  const { series, periodSeconds, from, to, stepSeconds } = range;
  const { rows } = await db.query<TextRow>({
    name: 'list_outcome_counts',
    text: LIST_OUTCOME_COUNTS,
    values: [series, periodSeconds, from, to, stepSeconds],
  });
  const sums = new Map<string, OutcomePeriod>();
  for (const row of rows) {
    const place = `${row.step} ${row.status}`;
    let sum = sums.get(place);
    if (sum === undefined) {
      const startsAt = new Date(from.getTime() + row.step * stepSeconds * 1_000);
      sum = { startsAt, status: row.status, ...noOutcomes() };
      sums.set(place, sum);
    }
    sum.executions += row.executions;
    addRow(sum.duration, row.durationSumMs, row.durationMaxMs, row.durations);
    addRow(sum.lateness, row.latenessSumMs, row.latenessMaxMs, row.latenesses);
  }
  return [...sums.values()];
}

function addRow(to: Distribution, sumMs: number, maxMs: number, counts: string): void {
  to.sumMs += sumMs;
  to.maxMs = Math.max(to.maxMs, maxMs);
  addCountsText(to.counts, counts);
}

export type OutcomeSums = {
  series: Series;
  status: CountedStatus;
  executions: number;
  durationMaxMs: number;
  latenessMaxMs: number;
};

// Reads a range of the primary key for each series. With `any` instead, a plan read all series of the period. It leaves the
// histograms out: for 50 groups over 24 hours they took 95 ms instead of 9 ms, at a load of 12 on two cores.
const SUM_OUTCOMES = /* sql */ `
  select s.series, c.status, sum(c.executions)::bigint as executions,
         max(c.duration_max_ms) as "durationMaxMs", max(c.lateness_max_ms) as "latenessMaxMs"
    from unnest($1::text[]) s (series)
    cross join lateral (
           select status, executions, duration_max_ms, lateness_max_ms
             from outcome_counts
            where series = s.series
              and period_seconds = $2
              and starts_at >= $3
           offset 0) c
   group by 1, 2`;

/** Adds up the outcomes of some series from an instant on. */
export async function sumOutcomes(
  db: Queryable,
  { series, periodSeconds, from }: { series: readonly Series[]; periodSeconds: PeriodSeconds; from: Date },
): Promise<OutcomeSums[]> {
  const { rows } = await db.query<OutcomeSums>({
    name: 'sum_outcomes',
    text: SUM_OUTCOMES,
    values: [series, periodSeconds, from],
  });
  return rows;
}

// Read ranges of the primary key of at most 103 series, and no histogram. The end of the range is compared outside, because with both
// ends the planner expects one row, and may as well read all series of the period by the index of the retention (without
// statistics) or the whole table (with rows compared as wholes: 1.6 million counts took more than 20 s).
const COUNTS_OF_SERIES = /* sql */ `
           select starts_at, status, executions
             from outcome_counts
            where series = s.series
              and period_seconds = $1
              and starts_at >= $2
              and status in ('SUCCESS', 'FAILED')
           offset 0`;

const LIST_FAILING_SERIES = /* sql */ `
  with known as (select distinct series from outcome_totals where series like 'group:%')
  select s.series
    from known s
    cross join lateral (${COUNTS_OF_SERIES}) c
   where c.starts_at < $3
   group by s.series
  having sum(c.executions) filter (where c.status = 'FAILED') > 0
   order by sum(c.executions) filter (where c.status = 'FAILED') / sum(c.executions) desc, s.series
   limit $4`;

/** Lists the series of groups with the largest share of failed executions in a range, the largest first. */
export async function listFailingSeries(
  db: Queryable,
  { periodSeconds, from, to, limit }: { periodSeconds: PeriodSeconds; from: Date; to: Date; limit: number },
): Promise<GroupSeries[]> {
  const { rows } = await db.query<{ series: GroupSeries }>({
    name: 'list_failing_series',
    text: LIST_FAILING_SERIES,
    values: [periodSeconds, from, to, limit],
  });
  return rows.map(({ series }) => series);
}

const LIST_DECIDED_STEPS = /* sql */ `
  select s.series, floor(extract(epoch from c.starts_at - $2) / $5::integer)::integer as step,
         coalesce(sum(c.executions) filter (where c.status = 'SUCCESS'), 0)::bigint as succeeded,
         coalesce(sum(c.executions) filter (where c.status = 'FAILED'), 0)::bigint as failed
    from unnest($4::text[]) s (series)
    cross join lateral (${COUNTS_OF_SERIES}) c
   where c.starts_at < $3
   group by 1, 2`;

/** Lists how many executions of some series succeeded and failed, for each step of a range that has any. */
export async function listDecidedSteps(
  db: Queryable,
  range: {
    series: readonly Series[];
    periodSeconds: PeriodSeconds;
    from: Date;
    to: Date;
    stepSeconds: number;
  },
): Promise<DecidedStep<Series>[]> {
  const { rows } = await db.query<DecidedStep<Series>>({
    name: 'list_decided_steps',
    text: LIST_DECIDED_STEPS,
    values: [range.periodSeconds, range.from, range.to, range.series, range.stepSeconds],
  });
  return rows;
}

// The totals have no largest value, because the metrics do not need it.
const LIST_OUTCOME_TOTALS = /* sql */ `
  select series, status, executions,
         duration_sum_ms as "durationSumMs", 0 as "durationMaxMs", array_to_json(durations) as durations,
         lateness_sum_ms as "latenessSumMs", 0 as "latenessMaxMs", array_to_json(latenesses) as latenesses
    from outcome_totals
   order by series, status`;

/** Lists the counts of each series since the first outcome. */
export async function listOutcomeTotals(db: Queryable): Promise<OutcomeTotal[]> {
  const { rows } = await db.query<Row & { series: GroupSeries }>({
    name: 'list_outcome_totals',
    text: LIST_OUTCOME_TOTALS,
  });
  return rows.map((row) => ({ series: row.series, status: row.status, ...toCounts(row) }));
}

const toCounts = (row: Row): OutcomeCounts => ({
  executions: row.executions,
  duration: { sumMs: row.durationSumMs, maxMs: row.durationMaxMs, counts: row.durations },
  lateness: { sumMs: row.latenessSumMs, maxMs: row.latenessMaxMs, counts: row.latenesses },
});

/** Reads the instant until which all outcomes are counted. Undefined before the first fold. */
export async function readCountedUntil(db: Queryable): Promise<Date | undefined> {
  const { rows } = await db.query<{ countedUntil: Date | null }>({
    name: 'read_counted_until',
    text: 'select counted_until as "countedUntil" from outcome_folds',
  });
  return rows[0]?.countedUntil ?? undefined;
}
