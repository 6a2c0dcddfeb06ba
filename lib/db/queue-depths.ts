import type { PeriodSeconds } from '../domain/roll-up/periods.ts';
import { periodsSeconds, startOfPeriod } from '../domain/roll-up/periods.ts';
import type { Queryable } from './pool.ts';

/** The state of the queue. A value is null if the service that it comes from did not respond. */
export type QueueDepth = {
  ready: number | null;
  scheduled: number | null;
  retrying: number | null;
  processing: number | null;
  oldestDueAgeMs: number | null;
};

// `greatest` ignores nulls. So several ticks in a minute leave one row with the highest values.
const KEEP_QUEUE_DEPTH = /* sql */ `
  insert into queue_depths as q (period_seconds, starts_at, ready, scheduled, retrying, processing, oldest_due_age_ms)
  select period_seconds, starts_at, $3, $4, $5, $6, $7
    from unnest($1::integer[], $2::timestamptz[]) d (period_seconds, starts_at)
      on conflict (period_seconds, starts_at) do update
     set ready = greatest(q.ready, excluded.ready),
         scheduled = greatest(q.scheduled, excluded.scheduled),
         retrying = greatest(q.retrying, excluded.retrying),
         processing = greatest(q.processing, excluded.processing),
         oldest_due_age_ms = greatest(q.oldest_due_age_ms, excluded.oldest_due_age_ms)`;

/** Keeps a measured state of the queue for each period that contains the instant. */
export async function keepQueueDepth(db: Queryable, depth: QueueDepth, now: Date): Promise<void> {
  const { ready, scheduled, retrying, processing, oldestDueAgeMs } = depth;
  const starts = periodsSeconds.map((seconds) => new Date(startOfPeriod(now.getTime(), seconds)));
  await db.query({
    name: 'keep_queue_depth',
    text: KEEP_QUEUE_DEPTH,
    values: [periodsSeconds, starts, ready, scheduled, retrying, processing, oldestDueAgeMs],
  });
}

const LIST_QUEUE_DEPTHS = /* sql */ `
  select starts_at as "startsAt", ready, scheduled, retrying, processing, oldest_due_age_ms as "oldestDueAgeMs"
    from queue_depths
   where period_seconds = $1
     and starts_at >= $2
     and starts_at < $3`;

/** Lists the highest measured values of the periods in a range, in no order. */
export async function listQueueDepths(
  db: Queryable,
  { periodSeconds, from, to }: { periodSeconds: PeriodSeconds; from: Date; to: Date },
): Promise<(QueueDepth & { startsAt: Date })[]> {
  const { rows } = await db.query<QueueDepth & { startsAt: Date }>({
    name: 'list_queue_depths',
    text: LIST_QUEUE_DEPTHS,
    values: [periodSeconds, from, to],
  });
  return rows;
}
