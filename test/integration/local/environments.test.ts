import { randomUUID } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  type Environments,
  type EnvironmentsOptions,
  makeEnvironments,
} from '../../../local/environments/environments.ts';
import { until } from '../../support/waiting.ts';

const counted = z.object({ threadId: z.int(), invocations: z.int() });

const cleanups: (() => Promise<unknown>)[] = [];
let reports: string[] = [];
let logs = '';

beforeEach(() => {
  reports = [];
  logs = '';
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function make(options: Partial<EnvironmentsOptions> = {}): Environments {
  const environments = makeEnvironments({
    functionName: 'sample',
    entry: new URL('sample-function.ts', import.meta.url),
    env: { GREETING: 'hello' },
    timeoutMs: 20_000,
    memoryMb: 64,
    maxEnvironments: 2,
    maxWaiting: 10,
    keepWarm: 0,
    idleMs: 60_000,
    log: (text) => {
      logs += text;
    },
    report: (line) => reports.push(line),
    ...options,
  });
  cleanups.push(() => environments.stop(0));
  return environments;
}

/** Invocations wait here until the test releases them. */
function makeMeeting() {
  const name = randomUUID();
  const channel = new BroadcastChannel(name);
  let arrivals = 0;
  channel.addEventListener('message', () => {
    arrivals += 1;
  });
  cleanups.push(async () => channel.close());
  return {
    event: { act: 'meet', channel: name },
    arrivals: () => arrivals,
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
    goOn: () => channel.postMessage('continue'),
  };
}

describe('an environment', () => {
  test('an environment keeps the state of its modules from one invocation to the next', async () => {
    const { invoke } = make();
    const first = counted.parse(await invoke({ act: 'count' }));
    expect(first.invocations).toBe(1);
    expect(await invoke({ act: 'count' })).toEqual({ ...first, invocations: 2 });
  });

  test('an environment sees its own variables and none of the parent process', async () => {
    expect(await make().invoke({ act: 'env' })).toEqual({
      GREETING: 'hello',
      BELFRY_ENVIRONMENT_ID: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
  });

  test('an environment receives a context as on Lambda', async () => {
    expect(await make({ timeoutMs: 15_000 }).invoke({ act: 'context' })).toMatchObject({
      functionName: 'sample',
      awsRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
      remainingMs: expect.toSatisfy((ms: number) => ms > 1_000 && ms <= 15_000),
    });
  });

  test('the output of an environment is collected', async () => {
    await make().invoke({ act: 'log' });
    await until(() => logs === '{"level":"WARN"}\n');
  });

  test('an environment passes on an error that its handler throws, and lives on', async () => {
    const { invoke } = make();
    await expect(invoke({ act: 'throw' })).rejects.toMatchObject({
      kind: 'failed',
      message: 'TypeError: as asked',
    });
    expect(await invoke({ act: 'count' })).toMatchObject({ invocations: 2 });
    expect(reports).toEqual([]);
  });

  test.each(['hang', 'spin'])(
    'an environment is ended when an invocation takes too long (%s)',
    async (act) => {
      const { invoke } = make({ timeoutMs: 300, maxEnvironments: 1 });
      await expect(invoke({ act })).rejects.toMatchObject({
        kind: 'timed-out',
        message: 'Task timed out after 0.30 seconds',
      });
      expect(await invoke({ act: 'count' })).toMatchObject({ invocations: 1 });
      expect(reports).toEqual(['an environment of sample ended: Task timed out after 0.30 seconds']);
    },
  );

  test.each([
    ['exit', 'ended with exit code 3'],
    ['crash', 'RangeError: outside the handler'],
    ['fill', /memory limit/],
  ])('an environment is replaced after a crash (%s)', async (act, message) => {
    const { invoke } = make({ maxEnvironments: 1 });
    await expect(invoke({ act })).rejects.toMatchObject({
      kind: 'crashed',
      message: expect.stringMatching(message),
    });
    expect(await invoke({ act: 'count' })).toMatchObject({ invocations: 1 });
    expect(reports).toHaveLength(1);
  });
});

describe('the environments of a function', () => {
  test('environments run concurrently, up to their number, and each runs one invocation', async () => {
    const { invoke } = make();
    const meeting = makeMeeting();
    const invoked = [1, 2, 3].map(() => invoke(meeting.event));
    await until(() => meeting.arrivals() === 2, { timeoutMs: 10_000 });
    meeting.goOn();
    await until(() => meeting.arrivals() === 3);
    meeting.goOn();
    const results = z.array(counted).parse(await Promise.all(invoked));
    expect(new Set(results.map(({ threadId }) => threadId)).size).toBe(2);
    expect(results.map(({ invocations }) => invocations).sort((a, b) => a - b)).toEqual([1, 1, 2]);
  });

  test('an invocation is refused when too many already wait for an environment', async () => {
    const { invoke } = make({ maxEnvironments: 1, maxWaiting: 1 });
    const meeting = makeMeeting();
    const first = invoke(meeting.event);
    await until(() => meeting.arrivals() === 1, { timeoutMs: 10_000 });
    const second = invoke({ act: 'echo' });
    await expect(invoke({ act: 'echo' })).rejects.toMatchObject({ kind: 'busy' });
    meeting.goOn();
    await first;
    expect(await second).toEqual({ act: 'echo' });
  });

  test('environments start before the first event on request', async () => {
    const { invoke, warm } = make({ keepWarm: 1 });
    await warm();
    expect(await invoke({ act: 'count' })).toMatchObject({ invocations: 1 });
  });

  test('idle environments are stopped', async () => {
    const { invoke } = make({ idleMs: 10 });
    await invoke({ act: 'count' });
    await until(async () => JSON.stringify(await invoke({ act: 'count' })).includes('"invocations":1'), {
      everyMs: 50,
    });
    expect(reports).toEqual([]);
  });

  test('environments that are kept warm are not stopped', async () => {
    const { invoke } = make({ idleMs: 1, keepWarm: 1 });
    await invoke({ act: 'count' });
    const meeting = makeMeeting();
    const met = invoke(meeting.event);
    await until(() => meeting.arrivals() === 1);
    meeting.goOn();
    expect(await met).toMatchObject({ invocations: 2 });
  });

  test('an environment that cannot start says why', async () => {
    const { invoke, warm } = make({ keepWarm: 1, entry: new URL('file:///nowhere/function.ts') });
    await expect(warm()).rejects.toMatchObject({ kind: 'crashed', message: /Cannot find module/ });
    await expect(invoke({ act: 'echo' })).rejects.toMatchObject({ kind: 'crashed' });
  });

  test('stopping lets running invocations end, and refuses others', async () => {
    const { invoke, stop } = make({ maxEnvironments: 1 });
    const meeting = makeMeeting();
    const running = invoke(meeting.event);
    await until(() => meeting.arrivals() === 1, { timeoutMs: 10_000 });
    const waiting = expect(invoke({ act: 'echo' })).rejects.toMatchObject({ kind: 'stopped' });
    const stopped = stop(10_000);
    await waiting;
    await expect(invoke({ act: 'echo' })).rejects.toMatchObject({ kind: 'stopped' });
    meeting.goOn();
    expect(await running).toMatchObject({ invocations: 1 });
    await stopped;
  });

  test('stopping ends an invocation that does not end in time', async () => {
    const { invoke, stop } = make();
    const meeting = makeMeeting();
    const running = expect(invoke(meeting.event)).rejects.toMatchObject({ kind: 'stopped' });
    await until(() => meeting.arrivals() === 1, { timeoutMs: 10_000 });
    await stop(0);
    await running;
    expect(reports).toEqual([]);
  });
});
