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
  test('are read once by all who ask at once, and again after five minutes', async () => {
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

  test('are read again at once for a key that is not known', async () => {
    const keys = makeKeys();
    await keys.get();
    text = keyRingText('second', 'first');
    expect((await keys.having(['second', 'first'])).current).toBe('second');
    expect((await keys.get()).current).toBe('second');
    expect(reads).toBe(2);
  });

  test('are not read again and again for a key that is lost', async () => {
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

  test('are used as they were known while they cannot be read', async () => {
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

  test('are not waited for by who needs a key that is known', async () => {
    const keys = makeKeys();
    await keys.get();
    text = 'silence';
    await clock.advanceBy(300_000);
    expect((await keys.having(['first'])).current).toBe('first');
    expect((await keys.get()).current).toBe('first');
    expect(reads).toBe(2);
  });

  test('are waited for by who needs a key that is not known', async () => {
    const keys = makeKeys();
    await keys.get();
    text = 'silence';
    let hasEnded = false;
    void keys.having(['second']).finally(() => (hasEnded = true));
    await clock.advanceBy(60_000);
    expect([reads, hasEnded]).toEqual([2, false]);
  });

  test('that are an hour old are waited for once', async () => {
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

  test('that are none are told by where they should be, not by what is there', async () => {
    text = keyRingText('first').slice(0, -1);
    await expect(makeKeys().get()).rejects.toThrow(new Error('the secret arn:keys holds no key ring'));
    text = new UnavailableError('Secrets Manager');
    await expect(makeKeys().get()).rejects.toThrow(UnavailableError);
  });
});
