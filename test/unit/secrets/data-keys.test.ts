import { beforeEach, describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { makeDataKeys } from '../../../lib/secrets/data-keys.ts';
import { keyRingText } from '../../support/key-rings.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let clock: ManualClock;
let text: string | Error;
let reads: number;

beforeEach(() => {
  clock = new ManualClock(0);
  text = keyRingText('first');
  reads = 0;
});

const makeKeys = () =>
  makeDataKeys({
    readText: async () => {
      reads += 1;
      if (text instanceof Error) throw text;
      if (text === 'silence') return new Promise<never>(() => {});
      return text;
    },
    name: 'the secret arn:keys',
    clock,
  });

describe('the data keys', () => {
  test('the data keys are read once for concurrent callers, and again after five minutes', async () => {
    const keys = makeKeys();
    await Promise.all([keys.get(), keys.get(), keys.having(['first'])]);
    await clock.advanceBy(299_999);
    await keys.get();
    expect(reads).toBe(1);
    text = keyRingText('second', 'first');
    await clock.advanceBy(1);
    await keys.get();
    await expect.poll(async () => (await keys.get()).current).toBe('second');
    expect(reads).toBe(2);
  });

  test('the data keys are read again at once for an unknown key', async () => {
    const keys = makeKeys();
    await keys.get();
    text = keyRingText('second', 'first');
    expect((await keys.having(['second', 'first'])).current).toBe('second');
    expect((await keys.get()).current).toBe('second');
    expect(reads).toBe(2);
  });

  test('the data keys are not read repeatedly for a key that is lost', async () => {
    const keys = makeKeys();
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await keys.having(['lost'])).keys.has('lost')).toBe(false);
    }
    expect(reads).toBe(2);
    await clock.advanceBy(10_000);
    text = keyRingText('first', 'lost');
    expect((await keys.having(['lost'])).keys.has('lost')).toBe(true);
    expect(reads).toBe(3);
  });

  test('known data keys are used while they cannot be read', async () => {
    const keys = makeKeys();
    await keys.get();
    text = new UnavailableError('Secrets Manager');
    await clock.advanceBy(300_000);
    expect((await keys.get()).current).toBe('first');
    expect((await keys.having(['first'])).current).toBe('first');
    await expect(keys.having(['second'])).rejects.toThrow(UnavailableError);
    expect(reads).toBe(3);
    text = keyRingText('second', 'first');
    await clock.advanceBy(30_000);
    await keys.get();
    await expect.poll(async () => (await keys.get()).current).toBe('second');
  });

  test('a caller that needs a known key does not wait for the data keys', async () => {
    const keys = makeKeys();
    await keys.get();
    text = 'silence';
    await clock.advanceBy(300_000);
    expect((await keys.having(['first'])).current).toBe('first');
    expect((await keys.get()).current).toBe('first');
    expect(reads).toBe(2);
  });

  test('a caller that needs an unknown key waits for the data keys', async () => {
    const keys = makeKeys();
    await keys.get();
    text = 'silence';
    let hasEnded = false;
    void keys.having(['second']).finally(() => (hasEnded = true));
    await clock.advanceBy(60_000);
    expect([reads, hasEnded]).toEqual([2, false]);
  });

  test('data keys that are an hour old are read again before use, once', async () => {
    const keys = makeKeys();
    await keys.get();
    await clock.advanceBy(3_600_000);
    text = keyRingText('second', 'first');
    expect((await keys.get()).current).toBe('second');
    text = new UnavailableError('Secrets Manager');
    await clock.advanceBy(3_600_000);
    expect((await keys.get()).current).toBe('second');
    text = 'silence';
    await clock.advanceBy(30_000);
    expect((await keys.get()).current).toBe('second');
    expect(reads).toBe(4);
  });

  test('the error about invalid data keys names their place, and not their contents', async () => {
    text = keyRingText('first').slice(0, -1);
    await expect(makeKeys().get()).rejects.toThrow(new Error('the secret arn:keys holds no key ring'));
    text = new UnavailableError('Secrets Manager');
    await expect(makeKeys().get()).rejects.toThrow(UnavailableError);
  });
});
