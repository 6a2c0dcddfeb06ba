import { expect, test } from 'vitest';
import { composeRunOperations } from '../../../functions/compose/operations.ts';
import { makeOperations } from '../../../lib/app/start-operation.ts';
import { listFailureGroups } from '../../../lib/db/failure-groups.ts';
import { readJobStats } from '../../../lib/db/job-stats.ts';
import { listRecentRuns } from '../../../lib/db/job-summaries.ts';
import { compose } from '../../support/belfry.ts';
import { ears, executionsOf, once, setUpCallbacks, tick, workAll } from './callbacks-fixture.ts';
import { belfry, createDueJob, DUE, target, work } from './worker-fixture.ts';

setUpCallbacks();

const BY = { actor: { type: 'API_KEY', id: 1, name: 'ops' } } as const;

/** A job that has failed. Its report ends as the target of reports answers. */
async function failAndReport(answer: number) {
  target.answerWith(500);
  ears.answerWith(answer);
  const job = await createDueJob({ ...once, onFailure: `${ears.url}/failed` });
  await belfry.clock.advanceTo(DUE);
  await workAll();
  target.answerWith(200);
  target.requests.length = 0;
  const [run, report] = await executionsOf(job.id);
  return { job, run: run!, report: report! };
}

/** Groups failures, and repeats the failures of the group with this path. */
async function redrive(path: string) {
  await belfry.clock.advanceBy(1_000);
  await tick();
  const page = { limit: 10, after: undefined, since: undefined, state: undefined };
  const { items } = await listFailureGroups(belfry.pool, page, belfry.clock.now());
  const group = items.find((item) => item.path === path);
  const runOperations = composeRunOperations(belfry.parts, compose(belfry.parts));
  const operations = makeOperations({ ...belfry.parts, runOperations, ensureTicks: undefined });
  const asked = { failureGroupId: group!.id, ratePerSecond: 1_000, includeSucceeded: false };
  return operations.startRedrive(asked, BY);
}

test('the repetition of a failed report names it, and goes to the same URL', async () => {
  const { job, run, report } = await failAndReport(410);
  expect(report).toMatchObject({ trigger: 'CALLBACK', status: 'FAILED', originId: run.id });
  ears.answerWith(200);
  const again = await belfry.retryExecution(report.id, { force: false });
  expect(again).toMatchObject({ trigger: 'CALLBACK', originId: report.id });
  await workAll();
  expect(target.requests).toEqual([]);
  expect(ears.requests.map(({ path }) => path)).toEqual(['/failed', '/failed']);
  expect(ears.requests[1]?.body).toBe(ears.requests[0]?.body);
  expect((await executionsOf(job.id)).map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'SUCCESS']);
});

test('a failed report is grouped by its own URL, and a redrive of the group sends it there', async () => {
  await failAndReport(410);
  ears.answerWith(200);
  expect(await redrive('/failed')).toMatchObject({ done: 1 });
  await work();
  expect(target.requests).toEqual([]);
  expect(ears.requests.map(({ path }) => path)).toEqual(['/failed', '/failed']);
});

test('a job whose report arrived has not succeeded, so a redrive repeats its failure', async () => {
  const { job, report } = await failAndReport(200);
  expect(report).toMatchObject({ status: 'SUCCESS' });
  expect(await redrive(new URL(job.api).pathname)).toMatchObject({ done: 1, skipped: 0 });
  await work();
  expect(target.requests).toHaveLength(1);
});

test('reports do not count as runs of their job: the statistics and the strip of last runs leave them out', async () => {
  const { job, run } = await failAndReport(200);
  const span = { from: new Date('2020-01-01'), until: new Date('2100-01-01') };
  expect(await readJobStats(belfry.pool, job.id, span)).toMatchObject({
    executions: 1,
    succeeded: 0,
    failed: 1,
  });
  const runs = await listRecentRuns(belfry.pool, [job.id], { ...span, limit: 30 });
  expect(runs.get(job.id)?.map(({ executionId }) => executionId)).toEqual([run.id]);
});
