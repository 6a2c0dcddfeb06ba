import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeReencryptHeaders } from '../../../lib/app/reencrypt-headers.ts';
import { replaceJobHeaders } from '../../../lib/db/job-headers.ts';
import type { StoredHeaders } from '../../../lib/domain/secret-headers.ts';
import { aJob } from '../../support/a-job.ts';
import { dumpDatabase } from '../../support/canary.ts';
import { createBelfryDatabase, openPool, type BelfryDatabase } from '../../support/belfry-database.ts';
import { keyRingOf, makeTestDataKeys, sealAsBefore } from '../../support/key-rings.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { insertJobs } from '../../../lib/db/jobs.ts';
import { openHeaders } from '../../../lib/app/seal-headers.ts';

const CANARY = 'canary-7a1e';
const NOW = new Date('2030-03-04T10:00:00Z');
const SECRET = { Authorization: `Bearer ${CANARY}`, 'X-Tag': 'a' };

let database: BelfryDatabase;
let dataKeys: ReturnType<typeof makeTestDataKeys>;
const clock = new ManualClock(NOW.getTime());

beforeEach(async () => {
  database = await createBelfryDatabase();
  dataKeys = makeTestDataKeys();
});
afterEach(() => database.drop());

const reencrypt = (deadlineMs = NOW.getTime() + 60_000) =>
  makeReencryptHeaders({ openPool: () => openPool(database.url, { max: 1 }), dataKeys, clock })(deadlineMs);

/** Stored as a version without encryption did. */
async function store(...headers: StoredHeaders[]): Promise<number[]> {
  const jobs = headers.map((headers) => ({ ...aJob(), headers, nextExecutionTime: null }));
  return (await insertJobs(database.pool, jobs, NOW)).map(({ id }) => id);
}

type StoredJob = { id: number; api: string; headers: StoredHeaders; revision: number };

async function stored(): Promise<StoredJob[]> {
  const { rows } = await database.pool.query<StoredJob>(
    'select id, api, headers, revision from jobs order by id',
  );
  return rows;
}

describe('the encryption of stored headers', () => {
  test('the secrets of all jobs are sealed, deleted ones included, and nothing else changes', async () => {
    const all = Array.from({ length: 1_203 }, (_, n) =>
      n % 3 === 0 ? SECRET : n % 3 === 1 ? {} : { 'X-Tag': 'b' },
    );
    const [first] = await store(...all);
    await database.pool.query('update jobs set deleted_at = now() where id = $1', [first]);
    const others = async () => {
      const { rows } = await database.pool.query(
        `select * from jobs where not headers::text like '%Authorization%' order by id`,
      );
      return rows;
    };
    const before = await others();
    expect(await reencrypt()).toEqual({ reencrypted: 401, unreadable: 0, isComplete: true });
    expect(await dumpDatabase(database.pool)).not.toContain(CANARY);
    expect(await others()).toEqual(before);
    const jobs = await stored();
    expect(jobs.every(({ revision }) => revision === 1)).toBe(true);
    expect(jobs.map((job) => openHeaders(keyRingOf('first'), job))).toEqual(all);
    expect(await reencrypt()).toEqual({ reencrypted: 0, unreadable: 0, isComplete: true });
  });

  test('secrets of an older key are sealed with the current one, so that the older key can be removed', async () => {
    await store(SECRET);
    await reencrypt();
    dataKeys.use(keyRingOf('second', 'first'));
    expect(await reencrypt()).toMatchObject({ reencrypted: 1 });
    const [job] = await stored();
    expect(openHeaders(keyRingOf('second'), job!)).toEqual(SECRET);
  });

  test('secrets that an earlier version sealed with the same key are sealed again for the origin of their URL', async () => {
    const [id = 0] = await store({});
    const before = { Authorization: sealAsBefore(keyRingOf('first'), id, 'Authorization', CANARY) };
    await database.pool.query('update jobs set headers = $2 where id = $1', [id, JSON.stringify(before)]);
    expect(await reencrypt()).toMatchObject({ reencrypted: 1, unreadable: 0 });
    const [job] = await stored();
    expect(openHeaders(keyRingOf('first'), job!)).toEqual({ Authorization: CANARY });
    const moved = { ...job!, api: 'https://elsewhere.test/' };
    expect(() => openHeaders(keyRingOf('first'), moved)).toThrow('origin');
    expect(await reencrypt()).toMatchObject({ reencrypted: 0 });
  });

  test('a secret that no key opens is left as it is, and counted', async () => {
    await store(SECRET, SECRET);
    await reencrypt();
    const before = await stored();
    dataKeys.use(keyRingOf('second'));
    expect(await reencrypt()).toEqual({ reencrypted: 0, unreadable: 2, isComplete: true });
    expect(await stored()).toEqual(before);
  });

  test('headers that were changed since they were read are left as they are', async () => {
    const [id = 0] = await store(SECRET);
    const { api } = aJob();
    const before = JSON.stringify(SECRET);
    const after = { 'X-Tag': 'after' };
    const stale = [
      { id, api, before: JSON.stringify({ 'X-Tag': 'before' }), after },
      { id, api: 'https://elsewhere.test/', before, after },
    ];
    expect(await replaceJobHeaders(database.pool, stale)).toBe(0);
    expect((await stored())[0]?.headers).toEqual(SECRET);
  });

  test('the encryption stops when its time is up, and reports that it is not finished', async () => {
    await store(SECRET);
    expect(await reencrypt(NOW.getTime())).toEqual({ reencrypted: 0, unreadable: 0, isComplete: false });
  });
});
