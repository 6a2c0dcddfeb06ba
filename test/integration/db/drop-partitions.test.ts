import { beforeEach, describe, expect, test } from 'vitest';
import { deleteFromDefault, dropPartitions } from '../../../lib/db/drop-partitions.ts';
import { ensurePartitions, findPartitions } from '../../../lib/db/partitions.ts';
import {
  after,
  begin,
  dispatch,
  emptyTables,
  NOON,
  pool,
  storeJob,
  untilBlocked,
  useOwnDatabase,
} from './fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

await useOwnDatabase();

/** The days from 12 to 15 January, each with an execution that has ended. */
const DAYS = [-3, -2, -1, 0];
const nameOf = (day: number) => `job_executions_p202601${15 + day}`;

beforeEach(async () => {
  await emptyTables();
  for (const name of await findPartitions(pool)) await pool.query(`drop table ${name}`);
  await ensurePartitions(pool, after(DAYS[0]! * DAY_MS), DAYS.length - 1);
  const { id } = await storeJob();
  await dispatch(id, ...DAYS.map((day) => after(day * DAY_MS)));
  await pool.query(`update job_executions set status = 'SUCCESS'`);
});

const countExecutions = async (): Promise<number> => {
  const { rows } = await pool.query<{ count: number }>('select count(*) as count from job_executions');
  return rows[0]!.count;
};

describe('dropPartitions', () => {
  test('dropPartitions drops the days before that of the given instant, and no others', async () => {
    expect(await dropPartitions(pool, after(-DAY_MS), 10)).toEqual({
      dropped: [nameOf(-3), nameOf(-2)],
      kept: [],
    });
    expect((await findPartitions(pool)).toSorted()).toEqual([nameOf(-1), nameOf(0)]);
    expect(await countExecutions()).toBe(2);
    expect(await dropPartitions(pool, after(-DAY_MS), 10)).toEqual({ dropped: [], kept: [] });
  });

  test('dropPartitions drops the oldest days first, up to its limit', async () => {
    expect(await dropPartitions(pool, NOON, 2)).toEqual({
      dropped: [nameOf(-3), nameOf(-2)],
      kept: [nameOf(-1)],
    });
  });

  test.each(['SCHEDULED', 'RETRYING', 'RUNNING'])(
    'dropPartitions keeps a day with an execution that is %s',
    async (status) => {
      const claim =
        status === 'RUNNING' ? `, claim_token = gen_random_uuid(), lease_expires_at = execution_time` : '';
      await pool.query(`update ${nameOf(-2)} set status = '${status}'${claim}`);
      expect(await dropPartitions(pool, NOON, 10)).toEqual({
        dropped: [nameOf(-3), nameOf(-1)],
        kept: [nameOf(-2)],
      });
    },
  );

  test('dropPartitions gives up and drops nothing while another transaction reads the table', async () => {
    const { tx, commit } = await begin();
    await tx.query('select from job_executions limit 1');
    expect(await dropPartitions(pool, after(-2 * DAY_MS), 10)).toEqual({ dropped: [], kept: [nameOf(-3)] });
    await commit();
    expect(await dropPartitions(pool, after(-2 * DAY_MS), 10)).toMatchObject({ dropped: [nameOf(-3)] });
  });

  test('two calls of dropPartitions at the same time share the work', async () => {
    const { tx, commit } = await begin();
    await tx.query('select pg_advisory_xact_lock(7206176)');
    const both = [dropPartitions(pool, NOON, 10), dropPartitions(pool, NOON, 10)];
    await untilBlocked(2);
    await commit();
    const results = await Promise.all(both);
    expect(results.flatMap(({ kept, dropped }) => [...kept, ...dropped])).toContain(nameOf(-3));
    await dropPartitions(pool, NOON, 10);
    expect(await findPartitions(pool)).toEqual([nameOf(0)]);
  });
});

test('deleteFromDefault deletes executions that ended before the day, and no open execution', async () => {
  const { id } = await storeJob();
  const [ended, open, later] = await dispatch(
    id,
    after(-40 * DAY_MS),
    after(-41 * DAY_MS),
    after(9 * DAY_MS),
  );
  await pool.query(`update job_executions set status = 'FAILED' where id = any($1)`, [
    [ended!.id, later!.id],
  ]);
  expect(await deleteFromDefault(pool, after(-30 * DAY_MS))).toBe(false);
  const { rows } = await pool.query('select id from job_executions_default order by id');
  expect(rows).toEqual([{ id: open!.id }, { id: later!.id }]);
});
