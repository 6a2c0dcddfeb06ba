import { expect, test } from 'vitest';
import { findKeyPatiently } from '../../../../lib/app/hibernate/find-key-patiently.ts';
import { UnavailableError } from '../../../../lib/domain/errors.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const KEY = Buffer.from('a hash');

test('a key is found when the database has started, 15 s after the first try', async () => {
  const clock = new ManualClock();
  const startedAtMs = clock.nowMs() + 15_000;
  let questions = 0;
  const find = findKeyPatiently({
    clock,
    waitMs: 22_000,
    findApiKey: async () => {
      questions += 1;
      if (clock.nowMs() < startedAtMs) throw new UnavailableError('PostgreSQL', {});
      return undefined;
    },
  });
  const found = find(KEY);
  await clock.advanceBy(15_000);
  expect(await found).toBeUndefined();
  expect(questions).toBe(16);
});

test('a database that does not start in time is reported unchanged', async () => {
  const clock = new ManualClock();
  const find = findKeyPatiently({
    clock,
    waitMs: 0,
    findApiKey: () => Promise.reject(new UnavailableError('PostgreSQL', {})),
  });
  await expect(find(KEY)).rejects.toThrow(UnavailableError);
});
