import { expect, test } from 'vitest';
import { executionDetailsResource } from '../../../lib/api/execution-resources.ts';
import { getExecution } from '../../../lib/app/read-execution.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { aJob } from '../../support/a-job.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, theExecution, work } from './worker-fixture.ts';

setUpWorker();

const OWN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const sentHeaders = () => target.requests.map(({ headers }) => headers['traceparent']);

const runOnce = async (fields: Partial<NewJob> = {}) => {
  const job = await createDueJob(fields);
  await belfry.clock.advanceTo(DUE);
  await work();
  return executionDetailsResource(await getExecution(belfry.pool, (await theExecution(job.id)).id));
};

test('each attempt is a span of the trace of its execution, and the API shows what was sent', async () => {
  target.answerWith(503);
  await runOnce();
  const { dueAt, id } = await theExecution(1);
  target.answerWith(200);
  await belfry.clock.advanceTo(dueAt);
  await work();
  const details = executionDetailsResource(await getExecution(belfry.pool, id));
  expect(details.attempts.map(({ traceparent }) => traceparent)).toEqual(sentHeaders());
  const [first, second] = sentHeaders();
  expect(first).not.toBe(second);
  for (const header of [first, second]) expect(header).toContain(details.traceId);
});

test('a job that is not traced sends no header', async () => {
  const details = await runOnce({ isTraced: false });
  expect(sentHeaders()).toEqual([undefined]);
  expect(details).toMatchObject({ traceId: null, attempts: [{ traceparent: null }] });
});

test('a job that sets the header itself keeps its own', async () => {
  const details = await runOnce({ headers: { Traceparent: OWN } });
  expect(sentHeaders()).toEqual([OWN]);
  expect(details).toMatchObject({ traceId: null, links: [] });
});

test('the trace context of the request that created a job is a link of its executions', async () => {
  const job = aJob({ schedule: DUE, isRecurring: false, api: target.url });
  const by = { actor: { type: 'COMMAND_LINE', name: 'test' } as const, traceparent: OWN };
  const { id } = await belfry.createJob(job, by);
  const { id: executionId } = await theExecution(id);
  expect(executionDetailsResource(await getExecution(belfry.pool, executionId)).links).toEqual([
    { traceparent: OWN },
  ]);
});
