import { beforeAll, describe, expect, test } from 'vitest';
import { listExecutions } from '../../../lib/app/list-executions.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import type { ExecutionFilter, ExecutionPosition } from '../../../lib/domain/execution-filter.ts';
import { noFilter } from '../../support/no-filter.ts';
import { after, emptyTables, NOON, pool, storeJob, TOKEN, useOwnDatabase } from '../db/fixture.ts';

await useOwnDatabase();

const insert = (jobId: number, status: string, time: Date | string): Promise<unknown> =>
  pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, claim_token, lease_expires_at,
                                 created_at, updated_at)
     values ($1, 1, $2, $3, $3, $4, $5, $3, $3)`,
    [jobId, status, time, status === 'RUNNING' ? TOKEN : null, status === 'RUNNING' ? NOON : null],
  );

/** The times before noon, in seconds, of all executions that match, page by page. */
async function readAll(filter: Partial<ExecutionFilter>, limit = 2) {
  const pages: string[][] = [];
  for (let position: ExecutionPosition | undefined; ;) {
    const { items, next } = await listExecutions(
      pool,
      { ...noFilter, ...filter },
      { limit, after: position },
      NOON,
    );
    pages.push(items.map(({ status, executionTime }) => `${status} ${secondsBefore(executionTime)}`));
    if (next === undefined) return pages;
    position = next;
  }
}

const secondsBefore = (time: Date) => (NOON.getTime() - time.getTime()) / 1_000;

describe('the executions of all jobs', () => {
  let quiet: number;
  let busy: number;
  let deleted: number;

  beforeAll(async () => {
    await emptyTables();
    await ensurePartitions(pool, after(-DAY_MS), 2);
    quiet = (await storeJob({ tags: ['blue'], api: 'https://Quiet.example.com:8443/a?b' })).id;
    busy = (
      await storeJob({ tags: ['red'], api: 'https://busy.example.com/', group: 'reports', key: 'busy' })
    ).id;
    deleted = (await storeJob({ tags: ['blue'], api: 'https://quiet.example.com/', key: 'gone' })).id;
    await insert(quiet, 'SUCCESS', after(-2 * DAY_MS));
    await insert(quiet, 'FAILED', after(-DAY_MS));
    await insert(busy, 'RETRYING', after(-5_000));
    await insert(busy, 'RUNNING', after(-4_000));
    await insert(busy, 'SCHEDULED', after(-4_500));
    await insert(quiet, 'CANCELLED', after(-3_000));
    await insert(deleted, 'FAILED', after(-2_000));
    await insert(busy, 'SUCCESS', after(-1_000));
    await insert(quiet, 'SCHEDULED', after(60_000));
    await insert(quiet, 'CANCELLED', after(120_000));
    await pool.query(`update job_executions set trigger = 'MANUAL' where status = 'RUNNING'`);
    await pool.query('update jobs set deleted_at = $2 where id = $1', [deleted, NOON]);
  });

  test('executions that have begun or ended are listed by pages, the latest first', async () => {
    expect(await readAll({})).toEqual([
      ['SUCCESS 1', 'FAILED 2'],
      ['CANCELLED 3', 'RUNNING 4'],
      ['RETRYING 5', 'FAILED 86400'],
      ['SUCCESS 172800'],
    ]);
  });

  test('executions are listed by several statuses, even if they were cancelled ahead of their time', async () => {
    expect(await readAll({ statuses: ['FAILED', 'CANCELLED'] }, 9)).toEqual([
      ['CANCELLED -120', 'CANCELLED 3', 'FAILED 2', 'FAILED 86400'].toSorted(byTime),
    ]);
    expect(await readAll({ statuses: ['RUNNING', 'RETRYING'] }, 9)).toEqual([['RUNNING 4', 'RETRYING 5']]);
    expect(await readAll({ statuses: ['SUCCESS'] }, 9)).toEqual([['SUCCESS 1', 'SUCCESS 172800']]);
  });

  test('executions are listed from an instant on, and before another one', async () => {
    expect(await readAll({ since: after(-4_000), until: after(-2_000) }, 9)).toEqual([
      ['CANCELLED 3', 'RUNNING 4'],
    ]);
  });

  test('executions of a job are listed after it was deleted', async () => {
    expect(await readAll({ jobId: deleted })).toEqual([['FAILED 2']]);
    expect(await readAll({ jobId: busy, statuses: ['SUCCESS', 'RETRYING'] }, 1)).toEqual([
      ['SUCCESS 1'],
      ['RETRYING 5'],
    ]);
  });

  test('executions are listed by the current tags and hosts of jobs that are not deleted', async () => {
    const ofQuiet = [['CANCELLED 3', 'FAILED 86400', 'SUCCESS 172800']];
    expect(await readAll({ tag: 'blue' }, 9)).toEqual(ofQuiet);
    expect(await readAll({ host: 'quiet.example.com' }, 9)).toEqual(ofQuiet);
    expect(await readAll({ host: 'busy.example.com', tag: 'blue' }, 9)).toEqual([[]]);
    expect(await readAll({ host: 'busy.example.com', statuses: ['RUNNING'] }, 9)).toEqual([['RUNNING 4']]);
    expect(await readAll({ host: '8443' }, 9)).toEqual([[]]);
    expect(await readAll({ group: 'reports', host: 'busy.example.com' }, 2)).toEqual([
      ['SUCCESS 1', 'RUNNING 4'],
      ['RETRYING 5'],
    ]);
    expect(await readAll({ group: 'reports', tag: 'blue' }, 9)).toEqual([[]]);
  });

  test('executions are listed by the key of their job', async () => {
    expect(await readAll({ key: 'busy' }, 9)).toEqual([['SUCCESS 1', 'RUNNING 4', 'RETRYING 5']]);
    expect(await readAll({ key: 'busy', jobId: quiet }, 9)).toEqual([[]]);
    expect(await readAll({ key: 'gone' }, 9)).toEqual([[]]);
  });

  test('executions of one job and of all jobs are listed by their trigger', async () => {
    expect(await readAll({ trigger: 'MANUAL' }, 9)).toEqual([['RUNNING 4']]);
    expect(await readAll({ trigger: 'MANUAL', jobId: busy, statuses: ['RUNNING'] }, 9)).toEqual([
      ['RUNNING 4'],
    ]);
    expect(await readAll({ trigger: 'MANUAL', jobId: quiet }, 9)).toEqual([[]]);
    expect(await readAll({ trigger: 'SCHEDULE', jobId: busy }, 9)).toEqual([['SUCCESS 1', 'RETRYING 5']]);
    expect(await readAll({ trigger: 'SCHEDULE', statuses: ['FAILED'] }, 9)).toEqual([
      ['FAILED 2', 'FAILED 86400'],
    ]);
    expect(await readAll({ trigger: 'MANUAL', group: 'reports' }, 9)).toEqual([['RUNNING 4']]);
  });
});

const byTime = (a: string, b: string) => Number(a.split(' ')[1]) - Number(b.split(' ')[1]);

test('executions within the same millisecond are listed once each, regardless of the limit of a page', async () => {
  await emptyTables();
  const { id } = await storeJob();
  const other = await storeJob();
  for (const us of ['000', '001', '002', '500']) await insert(id, 'SUCCESS', `2026-01-15T11:00:00.123${us}Z`);
  await insert(other.id, 'SUCCESS', '2026-01-15T11:00:00.123001Z');
  for (const filter of [{}, { jobId: id }]) {
    const seen = new Set<number>();
    let count = 0;
    for (let position: ExecutionPosition | undefined; ;) {
      const page = await listExecutions(
        pool,
        { ...noFilter, ...filter },
        { limit: 1, after: position },
        NOON,
      );
      for (const item of page.items) seen.add(item.id);
      count += page.items.length;
      if (page.next === undefined) break;
      position = page.next;
    }
    expect([seen.size, count]).toEqual('jobId' in filter ? [4, 4] : [5, 5]);
  }
});

// A page reads the latest two days first, which begin at midnight in UTC.
test.each([1, 2, 3, 50])(
  'executions of several days, and those at midnight, are listed once each by pages of %d',
  async (limit) => {
    await emptyTables();
    await ensurePartitions(pool, after(-5 * DAY_MS), 6);
    const { id } = await storeJob();
    const other = await storeJob();
    const midnight = after(-DAY_MS / 2).getTime();
    const times = [4, 3, 1, 0].flatMap((days) =>
      [-1, 0, 1].map((ms) => new Date(midnight - days * DAY_MS + ms)),
    );
    for (const [place, time] of times.entries()) {
      await insert(id, place % 3 === 0 ? 'FAILED' : 'SUCCESS', time);
      await insert(other.id, 'CANCELLED', time);
    }
    for (const filter of [{}, { statuses: ['FAILED', 'SUCCESS'] }, { since: times[4] }] as const) {
      const wanted = times
        .flatMap((time, place) => [
          `${place % 3 === 0 ? 'FAILED' : 'SUCCESS'} ${secondsBefore(time)}`,
          ...('statuses' in filter ? [] : [`CANCELLED ${secondsBefore(time)}`]),
        ])
        .filter((text) => !('since' in filter) || Number(text.split(' ')[1]) <= secondsBefore(times[4]!));
      expect((await readAll(filter, limit)).flat().toSorted()).toEqual(wanted.toSorted());
    }
  },
);

describe('a filter that matches few executions', () => {
  beforeAll(async () => {
    await emptyTables();
    await ensurePartitions(pool, after(-3 * DAY_MS), 3);
    await storeJob({ tags: ['all'] });
    const { id } = await storeJob({ tags: ['rare', 'all'] });
    await pool.query(
      `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
       select $1, 1, 'SUCCESS', at, at, at, at
         from generate_series(1, 6000) n, lateral (select $2::timestamptz - n * interval '40 s') t (at)`,
      [id - 1, NOON],
    );
    await insert(id, 'SUCCESS', after(-60 * 3_600_000 + 1));
    await insert(id, 'FAILED', after(-61 * 3_600_000 + 1));
  });

  test('the executions of few jobs are found on the first page, even if many others came later', async () => {
    expect(await readAll({ tag: 'rare' }, 9)).toEqual([['SUCCESS 215999.999', 'FAILED 219599.999']]);
    expect(await readAll({ tag: 'rare', statuses: ['FAILED', 'SUCCESS'] }, 1)).toEqual([
      ['SUCCESS 215999.999'],
      ['FAILED 219599.999'],
    ]);
  });

  test('the executions of many jobs are found page by page, and a page may be empty', async () => {
    await pool.query(`update jobs set tags = '["many"]' where tags @> '["rare"]'`);
    await pool.query(
      `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                         is_active, created_at, updated_at, tags)
       select '@daily', 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000,
              true, $1, $1, '["many"]'
         from generate_series(1, 2500)`,
      [NOON],
    );
    const pages = await readAll({ tag: 'many' }, 9);
    expect(pages.flat()).toEqual(['SUCCESS 215999.999', 'FAILED 219599.999']);
    expect(pages.length).toBeGreaterThan(1);
  });
});
