import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { listFailingJobs } from '../../../lib/app/list-failing-jobs.ts';
import { endRecovered } from '../../../lib/db/failing-jobs.ts';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { countMatchingJobs, listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import {
  after,
  ascending,
  dispatch,
  emptyTables,
  NOON,
  pool,
  storeJob,
  useOwnDatabase,
} from '../db/fixture.ts';

await useOwnDatabase();

const JOBS = 6;
const steps = [
  'fails',
  'succeeds',
  'rule pauses',
  'person pauses',
  'is resumed',
  'is deleted',
  'tick',
] as const;
type Step = { job: number; what: (typeof steps)[number] };

/** What is known of a job without the tables of failures. */
type Known = { id: number; isActive: boolean; isDeleted: boolean; failures: number; isPausedByRule: boolean };

const start = after(-36_000_000);

async function setActive(id: number, isActive: boolean): Promise<void> {
  await pool.query('update jobs set is_active = $2 where id = $1', [id, isActive]);
  await pool.query('delete from job_schedules where job_id = $1', [id]);
  if (!isActive) return;
  const next = after(60_000);
  await pool.query(
    'insert into job_schedules (job_id, next_execution_time, created_at) values ($1, $2, $2)',
    [id, next],
  );
}

/** Makes a change in the database and in what is known. A change that a job in this state cannot have does nothing. */
async function take(known: Known, { what }: Step, place: number): Promise<void> {
  const { id } = known;
  if (what === 'tick') {
    await endRecovered(pool, { afterId: 0, limit: 100 }, NOON);
    return;
  }
  if (known.isDeleted) return;
  if (what === 'fails' || what === 'succeeds') {
    const [execution] = await dispatch(id, after(place * 1_000, start));
    const status = what === 'fails' ? 'FAILED' : 'SUCCESS';
    await pool.query('update job_executions set status = $2 where id = $1', [execution!.id, status]);
    known.failures = what === 'fails' ? known.failures + 1 : 0;
  } else if (what === 'rule pauses' && known.isActive && known.failures > 0) {
    await pool.query('update failing_jobs set paused_at = $2 where job_id = $1', [id, NOON]);
    await setActive(id, false);
    Object.assign(known, { isActive: false, isPausedByRule: true });
  } else if (what === 'person pauses' && known.isActive) {
    await setActive(id, false);
    known.isActive = false;
  } else if (what === 'is resumed' && !known.isActive) {
    await setActive(id, true);
    Object.assign(known, { isActive: true, isPausedByRule: false });
  } else if (what === 'is deleted') {
    await pool.query('update jobs set deleted_at = $2, is_active = false where id = $1', [id, NOON]);
    await pool.query('delete from job_schedules where job_id = $1', [id]);
    Object.assign(known, { isDeleted: true, isPausedByRule: false });
  }
}

async function check(jobs: readonly Known[]): Promise<void> {
  const failing = jobs
    .filter(({ isActive, isDeleted, failures }) => isActive && !isDeleted && failures > 0)
    .toSorted((one, other) => other.failures - one.failures || one.id - other.id)
    .map(({ id, failures }) => [id, failures]);
  const paused = jobs.filter(({ isPausedByRule }) => isPausedByRule).map(({ id }) => id);
  for (const limit of [1, 2, 50]) {
    const { items, total, pausedByFailures } = await listFailingJobs(
      pool,
      { limit, maxBytes: 1_000_000 },
      NOON,
    );
    expect(items.map(({ id, failuresInARow }) => [id, failuresInARow])).toEqual(failing.slice(0, limit));
    expect(pausedByFailures).toEqual({ count: paused.length, isCapped: false });
    expect(total.isCapped).toBe(false);
    // A job that has recovered after the page is full may count until a tick.
    if (failing.length < limit) expect(total.count).toBe(failing.length);
    else expect(total.count).toBeGreaterThanOrEqual(failing.length);
  }
  const filter = { state: 'PAUSED_BY_FAILURES' };
  const { ids } = await listMatchingJobIds(pool, filter, { afterId: 0, limit: 50 }, NOON);
  expect(ids).toEqual(ascending(paused));
  expect(await countMatchingJobs(pool, filter, NOON)).toEqual({ count: paused.length, isCapped: false });
  const { items } = await listJobs(pool, { limit: 50, offset: 0, maxBytes: 1_000_000 }, NOON);
  const shown = items.filter(({ pausedByFailuresAt }) => pausedByFailuresAt !== null).map(({ id }) => id);
  expect(shown).toEqual(ascending(paused));
}

test('failing jobs and the jobs that failures paused are known after changes in any order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ job: fc.nat(JOBS - 1), what: fc.constantFrom(...steps) }), {
        minLength: 20,
        maxLength: 60,
      }),
      async (taken) => {
        await emptyTables();
        const jobs: Known[] = [];
        for (let n = 0; n < JOBS; n += 1) {
          const { id } = await storeJob({ nextExecutionTime: after(60_000) });
          jobs.push({ id, isActive: true, isDeleted: false, failures: 0, isPausedByRule: false });
        }
        for (const [place, step] of taken.entries()) {
          await take(jobs[step.job]!, step, place);
          if (place % 5 === 4) await check(jobs);
        }
        await check(jobs);
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
}, 60_000);
