import { describe, expect, test } from 'vitest';
import { compose } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import {
  ears,
  executionsOf,
  failing,
  once,
  reports,
  runAgain,
  setUpCallbacks,
  tick,
  workAll,
} from './callbacks-fixture.ts';
import { belfry, createDueJob, DUE, target, work } from './worker-fixture.ts';

setUpCallbacks();

describe('a recovery', () => {
  test('the first success after failures is reported once', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, onFailure: ears.url, onRecovery: `${ears.url}/well` });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 500);
    await runAgain(job.id, 200);
    await tick();
    await workAll();
    await runAgain(job.id, 200);
    await tick();
    await workAll();
    expect(reports().map(({ type, data }) => [type, data.failuresInARow])).toEqual([
      ['job.failed', 1],
      ['job.failed', 2],
      ['job.recovered', 2],
    ]);
    const recovered = reports()[2];
    expect(recovered?.data.execution).toMatchObject({ status: 'SUCCESS', trigger: 'MANUAL' });
    expect(recovered?.data.failingSince).toBe(DUE);
    expect(ears.requests[2]?.path).toBe('/well');
    expect(await failing()).toEqual([]);
  });

  test('a recovery between two failures is reported even though no tick came between', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, onFailure: ears.url, onRecovery: ears.url });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 200);
    await runAgain(job.id, 500);
    await tick();
    await workAll();
    expect(reports().map(({ type, data }) => [type, data.failuresInARow])).toEqual([
      ['job.failed', 1],
      ['job.recovered', 1],
      ['job.failed', 1],
    ]);
  });

  test('two ticks at once report a recovery once', async () => {
    target.answerWith(500);
    const job = await createDueJob({ ...once, onRecovery: ears.url });
    await belfry.clock.advanceTo(DUE);
    await workAll();
    await runAgain(job.id, 200);
    await Promise.all([tick(), tick(), tick()]);
    await workAll();
    expect(reports().map(({ type }) => type)).toEqual(['job.recovered']);
  });

  test('a failure of an older occurrence does not count after a newer one has succeeded', async () => {
    const job = await createDueJob({ ...once, onFailure: ears.url });
    await belfry.clock.advanceTo(DUE);
    target.answerWith('hang');
    const running = work();
    await expect.poll(() => target.requests.length).toBe(1);
    target.answerWith(200);
    await belfry.clock.advanceBy(1_000);
    await belfry.runJob(job.id, { body: undefined });
    const other = compose(belfry.parts);
    await other.runWorker(belfry.inMs(180_000));
    // The first worker may have taken it. Its request must have been answered before the connections are cut.
    await until(async () => (await executionsOf(job.id)).some(({ status }) => status === 'SUCCESS'));
    target.cut();
    await running;
    await workAll();
    expect(await failing()).toEqual([]);
    expect(reports()).toMatchObject([{ type: 'job.failed', data: { failuresInARow: 1 } }]);
  });
});
