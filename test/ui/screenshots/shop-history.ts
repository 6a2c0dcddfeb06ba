import { COUNT_OUTCOMES } from '../../../lib/db/count-outcomes.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { keepQueueDepth } from '../../../lib/db/queue-depths.ts';
import { mixBits } from '../../../lib/domain/mix-bits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A little more than the charts show. */
const OPEN_HOURS = 25;

/** A group: its executions in a quiet minute, how long they take, and how many of a thousand fail. */
const groups = [
  { name: 'shop', aMinute: 9, tookMs: 60, failing: 4 },
  { name: 'feeds', aMinute: 5, tookMs: 180, failing: 12 },
  { name: 'billing', aMinute: 2, tookMs: 320, failing: 20 },
  { name: 'reports', aMinute: 1, tookMs: 900, failing: 2 },
] as const;

/** The payment provider was down for 40 minutes. */
const DOWN = { group: 'billing', fromHoursAgo: 7, minutes: 40 };

type Outcome = { at: Date; group: string; status: 'SUCCESS' | 'FAILED'; tookMs: number; lateMs: number };

/** A number from 0 to 1 that looks like chance, and is the same for the same minute. */
const chanceOf = (seed: number): number => mixBits(seed >>> 0) / 2 ** 32;

/** Customers sleep at night: the load of an hour of the day, from 0.4 to 1.6. */
const loadOf = (at: Date): number => 1 + 0.6 * Math.sin(((at.getUTCHours() - 8) / 24) * 2 * Math.PI);

function* outcomesOf(minuteMs: number, nowMs: number): Generator<Outcome> {
  const at = new Date(minuteMs);
  const agoMs = nowMs - minuteMs;
  const downMs = agoMs - (DOWN.fromHoursAgo * HOUR_MS - DOWN.minutes * MINUTE_MS);
  for (const [place, { name, aMinute, tookMs, failing }] of groups.entries()) {
    const isDown = name === DOWN.group && downMs > 0 && downMs < DOWN.minutes * MINUTE_MS;
    const seed = minuteMs / MINUTE_MS + place * 7_919;
    const count = Math.round(aMinute * loadOf(at) * (0.8 + 0.4 * chanceOf(seed)));
    for (let each = 0; each < count; each += 1) {
      const chance = chanceOf(seed * 131 + each);
      const isBad = chance * 1_000 < (isDown ? 850 : failing);
      yield {
        at,
        group: name,
        status: isBad ? 'FAILED' : 'SUCCESS',
        tookMs: Math.round(tookMs * (0.6 + chanceOf(seed * 17 + each))),
        // Half of them within 3 ms, and one of a thousand after 60.
        lateMs: Math.min(60, Math.round(2 + 0.9 / (0.015 + chanceOf(seed * 29 + each)))),
      };
    }
  }
}

// A worker counts what it has ended by the same statement; the next tick adds it to the statistics.
const COUNT = /* sql */ `
  with outcomes as (
    select *
      from unnest($1::timestamptz[], $2::text[], $3::text[], $4::integer[], $5::integer[])
             o (ended_at, job_group, status, duration_ms, lateness_ms)
  )
  ${COUNT_OUTCOMES}`;

/** Counts the executions of the days before the shop's jobs were created, so that the charts have something to show. */
export async function countShopHistory(pool: Pool, nowMs: number): Promise<void> {
  const endMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  for (let hour = OPEN_HOURS; hour > 0; hour -= 1) {
    const minutes = Array.from({ length: 60 }, (_, minute) => endMs - hour * HOUR_MS + minute * MINUTE_MS);
    const outcomes = minutes.flatMap((minuteMs) => [...outcomesOf(minuteMs, nowMs)]);
    await pool.query(COUNT, [
      outcomes.map(({ at }) => at),
      outcomes.map(({ group }) => group),
      outcomes.map(({ status }) => status),
      outcomes.map(({ tookMs }) => tookMs),
      outcomes.map(({ lateMs }) => lateMs),
    ]);
    for (const minuteMs of minutes) {
      const chance = chanceOf(minuteMs / MINUTE_MS);
      const load = loadOf(new Date(minuteMs));
      await keepQueueDepth(
        pool,
        {
          ready: Math.floor(3 * load * chance),
          scheduled: Math.round(40 * load + 20 * chance),
          retrying: Math.floor(2 * load * chanceOf(minuteMs / MINUTE_MS + 5)),
          processing: Math.round(2 * load * chance),
          oldestDueAgeMs: Math.round(20 * chance),
        },
        new Date(minuteMs),
      );
    }
  }
}
