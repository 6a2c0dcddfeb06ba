import { expect, test } from 'vitest';
import { aJob } from '../../support/a-job.ts';
import { jobJson } from '../../../lib/api/resources.ts';
import { parseJobChanges } from '../../../lib/api/parse-job.ts';
import { getJob } from '../../../lib/app/read-jobs.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';
import { belfry, setUpWorker } from './worker-fixture.ts';

setUpWorker();

const read = async (id: number): Promise<Record<string, unknown>> =>
  JSON.parse(jobJson(await getJob(belfry.pool, id, belfry.clock.now())));

function sendBack(id: number, answer: Record<string, unknown>) {
  const { changes, readBack } = parseJobChanges(JSON.parse(JSON.stringify(answer)), loopbackPolicy);
  return belfry.changeJob(id, changes, { readBack });
}

test.each(['@every 60s', '0 12 * * *', '2030-03-04T12:00:00+01:00'])(
  'a job with the schedule %s can be sent back as its own change',
  async (schedule) => {
    const isRecurring = !schedule.startsWith('2030');
    const headers = { 'X-Tag': 'a', Authorization: 'Bearer b' };
    const job = await belfry.createJob(aJob({ schedule, isRecurring, headers, body: '{"a":[1]}' }));
    const answer = await read(job.id);
    const { updatedAt: _, ...before } = answer;
    await belfry.clock.advanceBy(1_000);
    expect(await sendBack(job.id, { ...answer, name: 'renamed' })).toBeDefined();
    expect(await read(job.id)).toMatchObject({ ...before, name: 'renamed' });
  },
);

test('a change ignores a next time that has passed since it was read', async () => {
  const job = await belfry.createJob(aJob({ schedule: '5 * * * * *' }));
  const answer = await read(job.id);
  await belfry.clock.advanceTo('2030-03-04T10:00:06Z');
  expect((await read(job.id))['nextExecutionTime']).not.toBe(answer['nextExecutionTime']);
  await sendBack(job.id, answer);
});

test('a change ignores the count of failures, the last outcome and the pause by Belfry, which may have moved since it was read', async () => {
  const job = await belfry.createJob(aJob());
  const pausedByFailuresAt = '2030-03-04T10:00:00.000Z';
  const moved = { failuresInARow: 7, lastOutcome: 'FAILED', pausedByFailuresAt };
  await sendBack(job.id, { ...(await read(job.id)), ...moved });
  expect(await read(job.id)).toMatchObject({
    failuresInARow: 0,
    lastOutcome: null,
    pausedByFailuresAt: null,
  });
});

test.each([
  ['failuresInARow', -1],
  ['failuresInARow', '0'],
  ['lastOutcome', 'success'],
  ['pausedByFailuresAt', 'yesterday'],
  ['pausedByFailuresAt', true],
  ['id', 5],
  ['id', '1'],
  ['nextExecutionTime', '2030-03-04T10:00:30.000Z'],
  ['nextExecutionTime', null],
  ['createdAt', '2030-03-04T09:00:00.000Z'],
  ['updatedAt', 'yesterday'],
])('a change cannot set %s to %j', async (field, value) => {
  const job = await belfry.createJob(aJob());
  const answer = await read(job.id);
  await expect(sendBack(job.id, { ...answer, [field]: value })).rejects.toMatchObject({
    errors: [{ field, message: expect.stringContaining('is read-only') }],
  });
  expect(await read(job.id)).toEqual(answer);
});
