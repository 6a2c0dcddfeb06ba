import { beforeEach, describe, expect, test } from 'vitest';
import { buildIndexes } from '../../../lib/db/build-indexes.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { migrations } from '../../../lib/generated/embedded.ts';
import { after, begin, emptyTables, NOON, pool, storeJob, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const versions = migrations.map(({ version }) => version);
const build = () => buildIndexes(pool, versions);

async function listInvalid(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index where not indisvalid`,
  );
  return rows.map(({ name }) => name);
}

async function listIndexes(table: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index where indrelid = $1::regclass order by 1`,
    [table],
  );
  return rows.map(({ name }) => name);
}

describe('buildIndexes', () => {
  test('buildIndexes has built every index after the migrations', async () => {
    expect(await listInvalid()).toEqual([]);
    expect(await listIndexes('jobs')).toEqual(expect.arrayContaining(['jobs_by_host', 'jobs_paused']));
    const ofSchedules = await listIndexes('job_schedules');
    expect(ofSchedules).toContain('job_schedules_next');
    expect(ofSchedules).not.toContain('job_schedules_due');
  });

  test('a partition that is made later has every index of its table', async () => {
    await ensurePartitions(pool, NOON, 0);
    expect(await listInvalid()).toEqual([]);
    expect((await listIndexes('job_executions_p20260115')).length).toBe(
      (await listIndexes('job_executions')).length,
    );
  });

  test('buildIndexes builds what is missing or was interrupted, for all partitions', async () => {
    await ensurePartitions(pool, after(DAY_MS), 0);
    await pool.query(`
      drop index job_executions_ended, jobs_by_host;
      create index job_executions_ended on only job_executions (execution_time, id)
        where status in ('SUCCESS', 'FAILED', 'CANCELLED');
      update pg_index set indisvalid = false where indexrelid = 'jobs_paused'::regclass;`);
    expect(await listInvalid()).toEqual(expect.arrayContaining(['job_executions_ended', 'jobs_paused']));
    await build();
    expect(await listInvalid()).toEqual([]);
    expect(await listIndexes('jobs')).toContain('jobs_by_host');
    expect(await listIndexes('job_executions_p20260116')).toContain('job_executions_p20260116_ended');
  });

  test('buildIndexes leaves the work to another process that is doing it', async () => {
    const { tx } = await begin();
    await tx.query('select pg_advisory_xact_lock(7206178)');
    await pool.query('drop index jobs_by_host');
    await build();
    expect(await listIndexes('jobs')).not.toContain('jobs_by_host');
    await tx.query('rollback');
    await build();
    expect(await listIndexes('jobs')).toContain('jobs_by_host');
  });

  test.each([
    ['https://API.example.com/a', 'api.example.com'],
    ['http://127.0.0.1:8080', '127.0.0.1'],
    ['http://[::1]:80/', '[::1]'],
    ['https://example.com?a=b:c', 'example.com'],
    ['HTTPS://bücher.example/', 'bücher.example'],
  ])('the host of %s is %s', async (api, host) => {
    const { id } = await storeJob({ api });
    const { rows } = await pool.query(`select job_host(api) as host from jobs where id = $1`, [id]);
    expect(rows).toEqual([{ host }]);
  });
});
