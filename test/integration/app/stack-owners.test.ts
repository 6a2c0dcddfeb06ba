import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findJob } from '../../../lib/db/jobs.ts';
import { migrations } from '../../../lib/generated/embedded.ts';
import type { By } from '../../../lib/domain/audit-log.ts';
import { aJob } from '../../support/a-job.ts';
import { createDeclaring, type Declaring } from './declared-jobs-fixture.ts';

let belfry: Declaring;
beforeAll(async () => {
  belfry = await createDeclaring();
});
afterAll(() => belfry.close());
beforeEach(() => belfry.pool.query('truncate declared_jobs, job_executions, job_schedules, job_tags, jobs'));

const read = (id: number) => findJob(belfry.pool, id, belfry.clock.now());
const byStack = (name: string): By => ({ actor: { type: 'DEPLOYMENT', name } });
const daily = aJob({ schedule: '@daily' });

describe('the owner of a declared job', () => {
  test('a stack becomes the owner of its job, and the name becomes its key', async () => {
    const { id } = await belfry.declareJob('nightly report', daily, byStack('shop'));
    expect(await read(id)).toMatchObject({ key: 'nightly report', owner: 'stack:shop' });
  });

  test('a declaration that is repeated makes no new revision', async () => {
    const first = await belfry.declareJob('nightly', daily, byStack('shop'));
    await belfry.clock.advanceBy(1_000);
    await belfry.declareJob('nightly', daily, byStack('shop'));
    expect(await read(first.id)).toMatchObject({ version: 1, updatedAt: first.updatedAt });
  });

  test('a stack does not take over a job without an owner', async () => {
    const { id } = await belfry.createJob(aJob({ key: 'nightly', owner: 'team-a' }));
    await expect(belfry.declareJob('nightly', daily, byStack('shop'))).rejects.toThrow(
      `Name: is the key of job ${id}, which no stack owns`,
    );
    await belfry.changeJob(id, { owner: 'stack:shop' });
    expect(await belfry.declareJob('nightly', daily, byStack('shop'))).toMatchObject({ id });
  });

  test('a stack does not delete a job that another stack has taken over', async () => {
    const { id } = await belfry.declareJob('nightly', daily, byStack('old'));
    expect(await belfry.declareJob('nightly', daily, byStack('new'))).toMatchObject({ id });
    await belfry.retractJob('nightly', byStack('old'));
    expect(await read(id)).toMatchObject({ owner: 'stack:new' });
    await belfry.retractJob('nightly', byStack('new'));
    expect(await read(id)).toBeUndefined();
  });

  test('a job that was handed over to a team outlives its stack', async () => {
    const { id } = await belfry.declareJob('nightly', daily, byStack('shop'));
    await belfry.changeJob(id, { owner: 'team-a' });
    await belfry.retractJob('nightly', byStack('shop'));
    expect(await read(id)).toMatchObject({ owner: 'team-a' });
  });
});

describe('the table of the previous version', () => {
  const put = `insert into declared_jobs (name, job_id, declared_at) values ($1, $2, now())
    on conflict (name) do update set job_id = excluded.job_id, declared_at = excluded.declared_at`;

  test('the previous version finds the jobs that this version declares', async () => {
    const { id } = await belfry.declareJob('nightly', daily, byStack('shop'));
    expect(await belfry.declared()).toEqual([{ name: 'nightly', jobId: id }]);
    await belfry.deleteJob(id);
    const again = await belfry.declareJob('nightly', daily, byStack('shop'));
    expect(await belfry.declared()).toEqual([{ name: 'nightly', jobId: again.id }]);
    await belfry.changeJob(again.id, { key: 'weekly' });
    expect(await belfry.declared()).toEqual([{ name: 'weekly', jobId: again.id }]);
    await belfry.changeJob(again.id, { owner: null });
    expect(await belfry.declared()).toEqual([]);
  });

  test('this version finds the jobs that the previous version declares', async () => {
    const { id } = await belfry.createJob(daily);
    await belfry.pool.query(put, ['nightly', id]);
    expect(await read(id)).toMatchObject({ key: 'nightly', owner: 'stack', version: 1 });
    expect(await belfry.declareJob('nightly', daily, byStack('shop'))).toMatchObject({ id });
    await belfry.deleteJob(id);
    const other = await belfry.createJob(daily);
    await belfry.pool.query(put, ['nightly', other.id]);
    expect(await read(other.id)).toMatchObject({ key: 'nightly' });
  });

  test('a name that is the key of another job does not stop the previous version', async () => {
    await belfry.createJob(aJob({ key: 'nightly' }));
    const { id } = await belfry.createJob(daily);
    await belfry.pool.query(put, ['nightly', id]);
    expect(await read(id)).toMatchObject({ key: null });
    expect(await belfry.declared()).toEqual([{ name: 'nightly', jobId: id }]);
  });

  test('the migration gives the jobs of declared names their keys, also deleted ones', async () => {
    const live = await belfry.createJob(daily);
    const deleted = await belfry.createJob(daily);
    const taken = await belfry.createJob(daily);
    await belfry.createJob(aJob({ key: 'taken' }));
    await belfry.deleteJob(deleted.id);
    const sql = migrations.find(({ name }) => name === 'declared-jobs-have-keys')?.sql ?? '';
    const [update = ''] = sql.replaceAll(/^--.*$/gm, '').split(';');
    await belfry.pool.query('alter table declared_jobs disable trigger user');
    for (const [name, { id }] of Object.entries({ live, deleted, taken })) {
      await belfry.pool.query(put, [name, id]);
    }
    await belfry.pool.query('alter table declared_jobs enable trigger user');
    await belfry.pool.query(update);
    const { rows } = await belfry.pool.query('select key, owner, version from jobs order by id limit 3');
    expect(rows).toEqual([
      { key: 'live', owner: 'stack', version: 1 },
      { key: 'deleted', owner: 'stack', version: 2 },
      { key: null, owner: null, version: 1 },
    ]);
  });
});
