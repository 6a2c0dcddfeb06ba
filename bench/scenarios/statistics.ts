import { makeFoldOutcomes } from '../../lib/app/fold-outcomes.ts';
import { makeReadMetrics } from '../../lib/app/read-metrics.ts';
import { readStats } from '../../lib/app/read-stats.ts';
import { openMetricsText } from '../../lib/api/open-metrics.ts';
import { statsResource } from '../../lib/api/stats-resource.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import type { Pool } from '../../lib/db/pool.ts';
import { DAY_MS } from '../../lib/domain/day.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { repeat, seconds } from '../../test/support/stats.ts';
import type { Scenario } from '../support/figures.ts';
import { loadCounts } from '../support/load-counts.ts';

const GROUPS = 20;
const READS = 100;
const FOLDED = { rows: 5_000, outcomes: 100 };

const ranges = [
  { name: '24 hours by 1 minute', days: 1, stepSeconds: 60 },
  { name: '7 days by 5 minutes', days: 7 - 1 / 24, stepSeconds: 300 },
  { name: '31 days by 1 hour', days: 31, stepSeconds: 3_600 },
  { name: '400 days by 1 day', days: 399, stepSeconds: 86_400 },
  { name: '400 days by 7 days', days: 393, stepSeconds: 604_800 },
  { name: '24 hours by 1 minute, one group', days: 1, stepSeconds: 60, group: 'group 7' },
];

export const statistics: Scenario = {
  name: 'statistics',
  title: `reading statistics, with 400 days of counts of ${GROUPS} groups that each have two outcomes in every minute`,
  run: async (bench) => {
    const stage = await bench.services.openStage('statistics');
    const { pool, redis } = stage;
    try {
      bench.progress('filling the tables');
      const now = new Date();
      const rows = await loadCounts(pool, { now, groups: GROUPS, prefix: 'group ' });
      bench.note(
        `${rows.toLocaleString('en-US')} rows of counts, ${await sizeMb(pool)} MB with their indexes`,
      );
      for (const { name, days, stepSeconds, group } of ranges) {
        bench.progress(name);
        const asked = { from: new Date(now.getTime() - days * DAY_MS), to: undefined, stepSeconds, group };
        const read = async (): Promise<string> =>
          JSON.stringify(statsResource(await readStats(pool, asked, now), group));
        const sizeBytes = (await read()).length;
        const times = await repeat(READS, async () => (await seconds(read)) * 1_000);
        bench.figure(name, 'ms', `${Math.round(sizeBytes / 1_000)} kB of JSON`, times, { atMost: 250 });
      }
      const readMetrics = makeReadMetrics({ pool, queue: makeQueue(redis), clock: systemClock });
      const scrape = async (): Promise<string> => openMetricsText(await readMetrics(), '0');
      const sizeBytes = (await scrape()).length;
      const scrapes = await repeat(READS, async () => (await seconds(scrape)) * 1_000);
      bench.figure('GET /metrics', 'ms', `${Math.round(sizeBytes / 1_000)} kB of text`, scrapes, {
        atMost: 50,
      });

      bench.progress('folding');
      const foldOutcomes = makeFoldOutcomes({ pool, clock: systemClock });
      const n = FOLDED.rows * FOLDED.outcomes;
      const folds = await repeat(bench.options.repetitions, async () => {
        await addBatches(pool, now);
        return n / (await seconds(() => foldOutcomes({ untilMs: Infinity })));
      });
      bench.figure(`folded, ${FOLDED.outcomes} in a batch`, 'outcomes/s', n.toLocaleString('en-US'), folds, {
        atLeast: 100_000,
      });
    } finally {
      await stage.close();
    }
  },
};

async function addBatches(pool: Pool, now: Date): Promise<void> {
  await pool.query(
    `insert into outcome_batches
     select date_trunc('minute', $1::timestamptz), 'group ' || (place % $2 + 1), 'SUCCESS', $3::integer, latenesses, latenesses
       from generate_series(1, $4::integer) place,
            (select array_agg(value * 7 % 997) from generate_series(1, $3::integer) value) v (latenesses)`,
    [now, GROUPS, FOLDED.outcomes, FOLDED.rows],
  );
}

async function sizeMb(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    `select pg_total_relation_size('outcome_counts') as bytes`,
  );
  return Math.round((rows[0]?.bytes ?? 0) / 1_000_000);
}
