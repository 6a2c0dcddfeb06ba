import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeCreateApiKey } from '../../../lib/app/create-api-key.ts';
import { makePrune } from '../../../lib/app/prune.ts';
import { deleteOldAuditLog } from '../../../lib/db/audit-log.ts';
import { makeReadAuditLog } from '../../../lib/app/read-audit-log.ts';
import { makeCreateSigningKey } from '../../../lib/app/signing-keys/create-signing-key.ts';
import { makeRevokeSigningKey } from '../../../lib/app/signing-keys/revoke-signing-key.ts';
import { makeRevokeApiKey } from '../../../lib/app/revoke-api-key.ts';
import type { By } from '../../../lib/domain/audit-log.ts';
import { HIDDEN } from '../../../lib/domain/secret-headers.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, createBelfry } from '../../support/belfry.ts';

const BY: By = { actor: { type: 'API_KEY', id: 7, name: 'deploy' }, reason: 'release 42' };

let belfry: Belfry;
beforeAll(async () => {
  belfry = await createBelfry('2026-03-02T12:00:00Z');
});
afterAll(() => belfry.close());
beforeEach(() => belfry.pool.query('truncate audit_log'));

const read = (filters: Partial<Parameters<ReturnType<typeof makeReadAuditLog>>[0]> = {}) =>
  makeReadAuditLog(belfry)({ limit: 50, afterId: undefined, ...filters });
const ofJob = async (id: number) => (await read({ subject: { kind: 'job', id } })).items;

describe('the audit log', () => {
  test('the log has an entry for the creation of a job, with who made it and why', async () => {
    const job = await belfry.createJob(aJob({ name: 'nightly', body: '{"a":1}' }), BY);
    const [entry, ...more] = await ofJob(job.id);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      action: 'JOB_CREATED',
      at: job.createdAt,
      actor: BY.actor,
      reason: 'release 42',
      before: null,
      after: { name: 'nightly', body: '{"a":1}', is_active: true },
    });
  });

  test('the log has one entry for each job of a batch', async () => {
    const jobs = await belfry.createJobs([aJob(), aJob(), aJob()], BY);
    const { items } = await read({ apiKeyId: 7 });
    expect(new Set(items.map(({ subjectId }) => subjectId))).toEqual(new Set(jobs.map(({ id }) => id)));
  });

  test('an entry has the replaced values of a change, and nothing else', async () => {
    const { id } = await belfry.createJob(aJob({ schedule: '0 3 * * *', name: 'a' }));
    await belfry.changeJob(id, { schedule: '0 4 * * *' }, { by: BY });
    await belfry.changeJob(id, { name: 'b' }, { by: BY });
    const [renamed, moved] = await ofJob(id);
    expect(moved).toMatchObject({
      action: 'JOB_CHANGED',
      before: { schedule: '0 3 * * *' },
      after: { schedule: '0 4 * * *' },
    });
    expect(Object.keys(moved?.after ?? {})).toEqual(['schedule']);
    expect(renamed).toMatchObject({ before: { name: 'a' }, after: { name: 'b' }, actor: BY.actor });
  });

  test.each([
    ['a pause of a paused job', { isActive: false }],
    ['the same name', { name: 'nightly' }],
    ['the same tags', { tags: ['a', 'b'] }],
    ['the same schedule', { schedule: '0 3 * * *', timeZone: 'UTC' }],
    ['the same secret', { headers: { Authorization: 'Bearer sesame' } }],
  ] as const)('%s changes nothing: the version stays, and the log has no entry', async (_, changes) => {
    const { id, version } = await belfry.createJob(
      aJob({
        name: 'nightly',
        tags: ['a', 'b'],
        schedule: '0 3 * * *',
        headers: { Authorization: 'Bearer sesame' },
        isActive: false,
      }),
    );
    const { version: after } = await belfry.changeJob(id, changes, { by: BY, ifMatch: [version] });
    expect(after).toBe(version);
    expect(await ofJob(id)).toHaveLength(1);
  });

  test('one statement that changes many jobs has an entry for each job that looks different, in the order of their ids', async () => {
    const jobs = await belfry.createJobs([
      aJob({ tags: ['a', 'b'] }),
      aJob({ tags: ['a', 'new'] }),
      aJob({ name: 'other', tags: [] }),
      aJob({ tags: ['c'], isActive: false }),
    ]);
    const ids = jobs.map(({ id }) => id);
    await belfry.pool.query('truncate audit_log');
    const change = `update jobs set tags = '["a", "new"]', is_active = true, name = case when name = 'other' then 'same' else name end`;
    await belfry.pool.query(`${change}, updated_at = $2 where id = any($1)`, [ids, belfry.clock.now()]);
    const { items } = await read();
    const entries = items.map(({ subjectId, action, before, after }) => ({
      subjectId,
      action,
      before,
      after,
    }));
    const tags = ['a', 'new'];
    expect(entries.toReversed()).toEqual([
      { subjectId: ids[0], action: 'JOB_CHANGED', before: { tags: ['a', 'b'] }, after: { tags } },
      {
        subjectId: ids[2],
        action: 'JOB_CHANGED',
        before: { name: 'other', tags: [] },
        after: { name: 'same', tags },
      },
      {
        subjectId: ids[3],
        action: 'JOB_CHANGED',
        before: { tags: ['c'], is_active: false },
        after: { tags, is_active: true },
      },
    ]);
    const { rows } = await belfry.pool.query(
      `select tag, array_agg(job_id order by job_id)::int[] as jobs from job_tags where job_id = any($1) group by tag order by tag`,
      [ids],
    );
    expect(rows).toEqual([
      { tag: 'a', jobs: ids },
      { tag: 'new', jobs: ids },
    ]);
  });

  test('bookkeeping of jobs has no entry in the log', async () => {
    const { id } = await belfry.createJob(aJob());
    await belfry.pool.query('truncate audit_log');
    await belfry.pool.query('update jobs set has_run = true, revision = revision + 1 where id = $1', [id]);
    expect(await ofJob(id)).toEqual([]);
  });

  test('the log names a pause, a resume and a deletion', async () => {
    const { id } = await belfry.createJob(aJob());
    await belfry.changeJob(id, { isActive: false }, { by: BY });
    await belfry.changeJob(id, { isActive: true }, { by: BY });
    await belfry.deleteJob(id, { by: BY });
    const entries = await ofJob(id);
    expect(entries.map(({ action }) => action)).toEqual([
      'JOB_DELETED',
      'JOB_RESUMED',
      'JOB_PAUSED',
      'JOB_CREATED',
    ]);
    expect(entries[0]).toMatchObject({ after: null, before: { schedule: aJob().schedule } });
  });

  test('the log shows no secret, and a large body by its size and its hash', async () => {
    const secret = 'Bearer s3cret-of-the-owner';
    const body = JSON.stringify({ text: 'x'.repeat(4_000) });
    const { id } = await belfry.createJob(
      aJob({ headers: { Authorization: secret, 'X-Plain': 'shown' }, body }),
      BY,
    );
    const [entry] = await ofJob(id);
    expect(entry?.after).toMatchObject({
      headers: { Authorization: HIDDEN, 'X-Plain': 'shown' },
      body: { sizeBytes: body.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(JSON.stringify(entry)).not.toContain('s3cret');
  });

  test('the log accepts a body with a character that PostgreSQL cannot hold in jsonb', async () => {
    const body = String.raw`{"text":"\u0000"}`;
    const { id } = await belfry.createJob(aJob({ body }), BY);
    expect((await ofJob(id))[0]?.after).toMatchObject({ body });
  });

  test('the log has no entry for a change that failed', async () => {
    const { id } = await belfry.createJob(aJob());
    await expect(belfry.changeJob(id, { schedule: 'no schedule' }, { by: BY })).rejects.toThrow();
    expect(await ofJob(id)).toHaveLength(1);
  });

  test('the log does not attribute a change to the caller of the previous change', async () => {
    const { id } = await belfry.createJob(aJob(), BY);
    await belfry.changeJob(id, { name: 'c' });
    expect((await ofJob(id)).map(({ actor }) => actor)).toEqual([null, BY.actor]);
  });

  test('the log has entries for keys, without the key or its hash', async () => {
    const created = await makeCreateApiKey(belfry)(
      { name: 'reader', scopes: ['read'], expiresAt: null, rateLimitPerSecond: 5 },
      BY,
    );
    await makeRevokeApiKey(belfry)(created.id, BY);
    const { items } = await read({ subject: { kind: 'apiKey', id: created.id } });
    expect(items.map(({ action }) => action)).toEqual(['API_KEY_REVOKED', 'API_KEY_CREATED']);
    expect(items[1]?.after).toEqual({
      name: 'reader',
      scopes: ['read'],
      expires_at: null,
      rate_limit_per_second: 5,
    });
  });

  test('the log is read in pages, the latest first, also with two filters', async () => {
    const { id } = await belfry.createJob(aJob(), BY);
    for (let count = 1; count <= 5; count += 1) {
      await belfry.clock.advanceBy(1_000);
      await belfry.changeJob(id, { name: `name ${count}` }, { by: BY });
      await belfry.changeJob(id, { isActive: count % 2 === 0 });
    }
    const names: unknown[] = [];
    let afterId: number | undefined;
    do {
      const page = await read({ limit: 2, afterId, action: 'JOB_CHANGED', subject: { kind: 'job', id } });
      names.push(...page.items.map(({ after }) => after?.['name']));
      afterId = page.lastId ?? undefined;
    } while (afterId !== undefined);
    expect(names).toEqual(['name 5', 'name 4', 'name 3', 'name 2', 'name 1']);
  });

  test('entries that are older than the retention are removed from the log', async () => {
    await belfry.createJob(aJob(), BY);
    const prune = makePrune({ pool: belfry.pool, retentionDays: 2, deleteOld: deleteOldAuditLog });
    const inDays = (days: number) => new Date(belfry.clock.nowMs() + days * 86_400_000);
    expect(await prune(inDays(1))).toBe(0);
    expect(await prune(inDays(3))).toBe(1);
    expect((await read()).items).toEqual([]);
  });
});

describe('the audit log of actions that change no job', () => {
  test('the log has entries for a manual run, its cancellation and its repetition', async () => {
    const { id } = await belfry.createJob(aJob({ schedule: '0 3 * * *' }));
    const run = await belfry.runJob(id, { body: undefined, by: BY });
    await belfry.cancelExecution(run.id, { by: BY });
    await belfry.cancelExecution(run.id, { by: BY });
    const repeated = await belfry.retryExecution(run.id, { force: false, by: BY });
    expect(await ofJob(id)).toMatchObject([
      { action: 'EXECUTION_RETRIED', after: { executionId: repeated.id, originId: run.id }, actor: BY.actor },
      { action: 'EXECUTION_CANCELLED', after: { executionId: run.id } },
      { action: 'JOB_RUN', after: { executionId: run.id } },
      { action: 'JOB_CREATED' },
    ]);
  });

  test('the log has entries for signing keys, without their secrets', async () => {
    const created = await makeCreateSigningKey(belfry)({ overlapSeconds: 60, by: BY });
    await makeCreateSigningKey(belfry)({ overlapSeconds: 60, by: BY });
    await makeRevokeSigningKey(belfry)(created.id, BY);
    const { items } = await read({ subject: { kind: 'signingKey', id: created.id } });
    expect(items).toMatchObject([
      { action: 'SIGNING_KEY_REVOKED', actor: BY.actor, after: null },
      { action: 'SIGNING_KEY_CREATED', actor: BY.actor, after: { overlapSeconds: 60 } },
    ]);
  });
});
