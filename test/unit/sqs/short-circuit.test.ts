import { beforeEach, describe, expect, test } from 'vitest';
import { makeShortCircuit, type ShortCircuit } from '../../../lib/sqs/short-circuit.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const OPEN_MS = 10_000;

let clock: ManualClock;
let bounded: ShortCircuit;
let given: number[];

beforeEach(() => {
  clock = new ManualClock();
  bounded = makeShortCircuit({ timeoutMs: 5_000, clock });
  given = [];
});

const answer = () =>
  bounded(async (timeoutMs) => {
    given.push(timeoutMs);
    return 'answer';
  });
const silence = () =>
  bounded(async (timeoutMs) => {
    given.push(timeoutMs);
    await clock.advanceBy(timeoutMs);
    throw new Error('no answer');
  });
const refusal = () =>
  bounded(async (timeoutMs) => {
    given.push(timeoutMs);
    throw new Error('refused');
  });

describe('a short circuit', () => {
  test('a short circuit passes calls on while they are answered, or refused at once', async () => {
    expect(await answer()).toBe('answer');
    await expect(refusal()).rejects.toThrow('refused');
    expect(await answer()).toBe('answer');
    expect(given).toEqual([5_000, 5_000, 5_000]);
  });

  test('a short circuit makes no call for 10 s after one that had no answer', async () => {
    await expect(silence()).rejects.toThrow('no answer');
    await clock.advanceBy(OPEN_MS - 1);
    await expect(answer()).rejects.toThrow('SQS');
    expect(given).toEqual([5_000]);
  });

  test('a short circuit asks with one short call after 10 s, and makes no other call until that ends', async () => {
    await expect(silence()).rejects.toThrow();
    await clock.advanceBy(OPEN_MS);
    const asking = bounded(async (timeoutMs) => {
      given.push(timeoutMs);
      await expect(answer()).rejects.toThrow('SQS');
      return 'answers again';
    });
    expect(await asking).toBe('answers again');
    expect(await answer()).toBe('answer');
    expect(given).toEqual([5_000, 1_000, 5_000]);
  });

  test('a short circuit makes no call for 10 s more when that call is not answered or refused', async () => {
    await expect(silence()).rejects.toThrow();
    await clock.advanceBy(OPEN_MS);
    await expect(silence()).rejects.toThrow('no answer');
    await expect(answer()).rejects.toThrow('SQS');
    await clock.advanceBy(OPEN_MS);
    await expect(refusal()).rejects.toThrow('refused');
    await expect(answer()).rejects.toThrow('SQS');
    expect(given).toEqual([5_000, 1_000, 1_000]);
  });

  test('a short circuit does not stay open longer when the clock is set back', async () => {
    await expect(silence()).rejects.toThrow();
    clock.stepBackTo(clock.nowMs() - 3_600_000);
    expect(await answer()).toBe('answer');
  });
});
