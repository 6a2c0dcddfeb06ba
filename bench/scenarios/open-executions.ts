import { ensurePartitions, partitionName } from '../../lib/db/partitions.ts';
import { createPool, type Pool } from '../../lib/db/pool.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import type { Layout } from '../support/open-executions/layout.ts';
import { liveThrough } from '../support/open-executions/life.ts';
import { narrow } from '../support/open-executions/narrow.ts';
import {
  today,
  withFewerEntries,
  withFillfactor,
  withHotClaims,
} from '../support/open-executions/partitioned.ts';
import { cpuBetween, readCost, readTables } from '../support/open-executions/server-cost.ts';
import type { Stage } from '../../test/support/services.ts';
import { DAY_MS } from '../../lib/domain/day.ts';

const LAYOUTS: readonly Layout[] = [today, withFillfactor, withFewerEntries, withHotClaims, narrow];
const EXECUTIONS = 20_000;
/** The number of ended executions in the partition of each day. */
const HISTORY = 200_000;
const DAYS_BEFORE = 4;
const MIDNIGHT = Math.floor(Date.now() / DAY_MS) * DAY_MS;

type Setting = { layout: Layout; stage: Stage; measured: Measured[] };
type Measured = { rate: number; cpuUs: number; walBytes: number };

export const openExecutions: Scenario = {
  name: 'open-executions',
  title: 'the life of executions in PostgreSQL alone, by how open ones are stored',
  repetitions: 5,
  isOnlyByName: true,
  run: async (bench) => {
    const settings: Setting[] = [];
    try {
      for (const [index, layout] of LAYOUTS.entries()) {
        bench.progress(`${layout.name}: loads the history`);
        settings.push(await open(bench, layout, index));
      }
      await measure(bench, settings);
    } finally {
      for (const { stage } of settings) await stage.close();
    }
  },
};

async function open(bench: Bench, layout: Layout, index: number): Promise<Setting> {
  const stage = await bench.services.openStage(`open-${index}`);
  await ensurePartitions(stage.pool, new Date(MIDNIGHT - DAYS_BEFORE * DAY_MS), DAYS_BEFORE + 3);
  if (layout.schema !== '') await stage.pool.query(layout.schema);
  const ended = layout.endedColumn;
  await stage.pool.query(
    /* sql */ `
    insert into job_executions (job_id, job_revision, status, execution_time, due_at, execution_duration, started_at,
                                created_at, updated_at${ended === undefined ? '' : `, ${ended.name}`})
    select 1000000 + place, 1, status, at, at, 12, at, at, at${ended === undefined ? '' : `, ${ended.value}`}
      from generate_series(0, $2::integer) day,
           generate_series(1, $3::integer) place,
           lateral (select $1::timestamptz - day * interval '1 day' + place * interval '0.4 s') t (at),
           lateral (select case when place % 50 = 0 then 'FAILED' else 'SUCCESS' end) s (status)`,
    [new Date(MIDNIGHT), DAYS_BEFORE, HISTORY],
  );
  await stage.pool.query('vacuum (analyze)');
  return { layout, stage, measured: [] };
}

async function measure(bench: Bench, settings: readonly Setting[]): Promise<void> {
  const rounds = bench.options.repetitions;
  await setFullPageWrites(settings, 'off');
  try {
    // The first round warms the caches and is not counted.
    for (let round = 0; round <= rounds; round++) {
      bench.progress(`round ${round} of ${rounds}`);
      for (const setting of settings) {
        const result = await runRound(setting, round);
        if (round > 0) setting.measured.push(result);
      }
    }
  } finally {
    await setFullPageWrites(settings, 'on');
  }
  const n = EXECUTIONS.toLocaleString('en-US');
  for (const { layout, stage, measured } of settings) {
    const of = (key: keyof Measured) => measured.map((result) => result[key]);
    bench.figure(`${layout.name}: executions`, '/s', n, of('rate'));
    bench.figure(`${layout.name}: processor time of the backends`, 'µs/execution', n, of('cpuUs'));
    bench.figure(`${layout.name}: WAL, without page images`, 'bytes/execution', n, of('walBytes'));
    bench.note(`${layout.name}: ${await describeTables(layout, stage.pool)}`);
  }
}

async function runRound({ layout, stage }: Setting, round: number): Promise<Measured> {
  const from = new Date(MIDNIGHT + round * (EXECUTIONS / 100) * 1_000);
  // The round has two connections, like a worker. Both are open before the measurement begins.
  const pool = createPool(stage.databaseUrl, { max: 2, statementTimeoutMs: 60_000, onError: () => {} });
  try {
    const connections = await Promise.all([pool.connect(), pool.connect()]);
    for (const connection of connections) connection.release(false);
    const before = await readCost(stage.pool);
    await liveThrough(pool, layout, { count: EXECUTIONS, from, now: new Date(MIDNIGHT + DAY_MS) });
    const after = await readCost(stage.pool);
    return {
      rate: EXECUTIONS / ((after.atMs - before.atMs) / 1_000),
      cpuUs: cpuBetween(before, after) / EXECUTIONS,
      walBytes: (after.walBytes - before.walBytes) / EXECUTIONS,
    };
  } finally {
    await pool.end();
  }
}

/** Sets whether the first change of a page after a checkpoint writes the whole page. These writes do not depend on the layout. */
async function setFullPageWrites(settings: readonly Setting[], to: 'on' | 'off'): Promise<void> {
  // The setting belongs to the server, not to a database.
  const pool = settings[0]?.stage.pool;
  await pool?.query(`alter system set full_page_writes = ${to}`);
  await pool?.query('select pg_reload_conf()');
}

async function describeTables(layout: Layout, pool: Pool): Promise<string> {
  const day = partitionName(MIDNIGHT);
  const tables = layout.openTable === 'job_executions' ? [day] : [day, layout.openTable];
  const state = await readTables(pool, tables);
  const hot = ((100 * state.hotUpdates) / Math.max(state.updates, 1)).toFixed(0);
  const mb = (size: number) => Math.round(size).toLocaleString('en-US');
  return [
    `${state.updates.toLocaleString('en-US')} updates, ${hot} % of them HOT`,
    `${state.deadTuples.toLocaleString('en-US')} dead rows, ${state.autovacuums} autovacuums of ${(state.autovacuumMs / 1_000).toFixed(1)} s`,
    `${mb(state.tableMb)} MB of rows and ${mb(state.indexMb)} MB of indexes`,
  ].join('; ');
}
