import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHandler } from '../../../functions/declared-jobs/handler.ts';
import { composeDeclaredJobs } from '../../../functions/compose/declared-jobs.ts';
import { makeReadAuditLog } from '../../../lib/app/read-audit-log.ts';
import { HIDDEN } from '../../../lib/domain/secret-headers.ts';
import { createDeclaring, type Declaring } from './declared-jobs-fixture.ts';

let belfry: Declaring;
beforeAll(async () => {
  belfry = await createDeclaring();
});
afterAll(() => belfry.close());

const SHOP = 'arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/1b2c';
const SECRETS = ['Bearer s3cret-one', 'Bearer s3cret-two'];

const send = (request: object) =>
  makeHandler(composeDeclaredJobs(belfry.parts))(request, {
    awsRequestId: 'invocation-1',
    getRemainingTimeInMillis: () => 60_000,
  });
const declare = (RequestType: 'Create' | 'Update', job: object) =>
  send({
    RequestType,
    StackId: SHOP,
    ResourceProperties: { Name: 'nightly', Job: JSON.stringify({ api: 'http://127.0.0.1:9/', ...job }) },
  });

test('the log tells which stack declared, changed and removed a job, with the values before and after, and no secret', async () => {
  const job = { schedule: '@daily', headers: { Authorization: SECRETS[0], 'X-Team': 'shop' } };
  const { Data } = await declare('Create', job);
  await declare('Update', job);
  await declare('Update', {
    ...job,
    schedule: '@hourly',
    headers: { Authorization: SECRETS[1], 'X-Team': 'shop' },
  });
  await send({ RequestType: 'Delete', StackId: SHOP, PhysicalResourceId: 'belfry-job:nightly' });
  const subject = { kind: 'job' as const, id: Number(Data?.JobId) };
  const { items } = await makeReadAuditLog(belfry)({ limit: 50, afterId: undefined, subject });
  const actor = { type: 'DEPLOYMENT', name: 'shop' };
  expect(items.toReversed()).toMatchObject([
    {
      action: 'JOB_CREATED',
      actor,
      before: null,
      after: {
        key: 'nightly',
        owner: 'stack:shop',
        schedule: '@daily',
        headers: { Authorization: HIDDEN, 'X-Team': 'shop' },
      },
    },
    // The declaration that was repeated has changed nothing.
    { action: 'JOB_CHANGED', actor, before: { schedule: '@daily' }, after: { schedule: '@hourly' } },
    { action: 'JOB_DELETED', actor, before: { key: 'nightly', schedule: '@hourly' }, after: null },
  ]);
  expect(items).toHaveLength(3);
  const { rows } = await belfry.pool.query<{ text: string }>('select a::text as text from audit_log a');
  for (const secret of SECRETS) expect(rows.map(({ text }) => text).join()).not.toContain(secret.slice(7));
});
