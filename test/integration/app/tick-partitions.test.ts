import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aJob } from '../../support/a-job.ts';
import { compose, createBelfry, type Belfry, type Parts } from '../../support/belfry.ts';

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry('2030-03-04T10:00:00.000Z');
});
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  await belfry.close();
});

const tick = () => belfry.runTick(belfry.inMs(50_000));
const times = async (jobId: number) =>
  (await belfry.executions(jobId)).map(({ executionTime }) => executionTime.toISOString().slice(11, 19));

/** Connections with every permission that a tick needs, except to create a table. */
async function asRoleThatMayMakeNoTable(): Promise<Parts['pool']> {
  const role = `limited_${randomUUID().replaceAll('-', '')}`;
  await belfry.pool.query(`create role ${role}`);
  await belfry.pool.query(`grant all on all tables in schema public to ${role}`);
  await belfry.pool.query(`grant all on all sequences in schema public to ${role}`);
  cleanUps.push(async () => {
    await belfry.pool.query(`drop owned by ${role}`);
    await belfry.pool.query(`drop role ${role}`);
  });
  return {
    ...belfry.pool,
    connect: async () => {
      const connection = await belfry.pool.connect();
      await connection.query(`set role ${role}`);
      const release = (isBroken: boolean): void =>
        void connection.query('reset role').finally(() => connection.release(isBroken));
      return { ...connection, release };
    },
  };
}

test('a tick dispatches into the default partition while it cannot create one, and moves the rows when it can', async () => {
  const job = await belfry.createJob(aJob({ schedule: '0 0 0 * * *' }));
  const limited = await asRoleThatMayMakeNoTable();
  const placeOf = async () => {
    const { rows } = await belfry.pool.query<{ place: string }>(
      `select tableoid::regclass::text as place from job_executions where job_id = $1 and status <> 'SKIPPED'`,
      [job.id],
    );
    return rows.map(({ place }) => place);
  };
  // Two days after the last partition that exists.
  await belfry.clock.advanceTo('2030-03-08T23:59:00Z');
  const report = await compose({ ...belfry.parts, pool: limited }).runTick(belfry.inMs(50_000));
  expect(report).toMatchObject({ executions: 2, isComplete: true, failedParts: ['partitions'] });
  expect(await placeOf()).toEqual(['job_executions_default', 'job_executions_default']);
  expect(await tick()).toMatchObject({ failedParts: [] });
  expect((await placeOf()).toSorted()).toEqual(['job_executions_p20300308', 'job_executions_p20300309']);
});

test('a tick dispatches while another session locks the default partition against new partitions', async () => {
  const job = await belfry.createJob(aJob({ schedule: '0 1 0 * * *' }));
  await belfry.clock.advanceTo('2030-03-08T23:59:00Z');
  const reader = await belfry.pool.connect();
  await reader.query('begin');
  await reader.query('select from job_executions_default');
  const report = await tick();
  await reader.query('commit');
  reader.release(false);
  expect(report).toMatchObject({ executions: 2, isComplete: true, failedParts: ['partitions'] });
  // The first one is SKIPPED.
  expect(await times(job.id)).toEqual(['00:01:00', '00:01:00', '00:01:00']);
});

test('a tick drops the days of history whose retention has passed, once a day', async () => {
  const partitionsBefore = async (name: string) => {
    const { rows } = await belfry.pool.query(
      `select from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'job_executions'::regclass and c.relname like 'job_executions_p%' and c.relname < $1`,
      [name],
    );
    return rows.length;
  };
  expect((await tick()).daysDropped).toBe(0);
  // The partitions of 4 to 7 March exist.
  await belfry.clock.advanceTo('2030-04-05T00:00:30Z');
  expect((await tick()).daysDropped).toBe(2);
  expect(await partitionsBefore('job_executions_p20300306')).toBe(0);
  expect(await partitionsBefore('job_executions_p20300307')).toBe(1);
  expect((await tick()).daysDropped).toBe(0);
});

test('a tick creates partitions ahead', async () => {
  await tick();
  const { rows } = await belfry.pool.query<{ name: string }>(
    `select to_regclass('job_executions_p20300307')::text as name`,
  );
  expect(rows[0]?.name).toBe('job_executions_p20300307');
});
