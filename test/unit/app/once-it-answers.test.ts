import { describe, expect, test } from 'vitest';
import { onceItAnswers } from '../../../lib/app/once-it-answers.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const START = Date.parse('2030-01-01T00:00:00Z');

/** Answers from an instant on, and counts its calls. */
function setUp(answersAtMs: number, refusal: Error = new UnavailableError('PostgreSQL')) {
  const clock = new ManualClock(START);
  const state = { asked: 0 };
  const ask = async () => {
    state.asked += 1;
    if (clock.nowMs() < answersAtMs) throw refusal;
    return 'answer';
  };
  return { clock, state, asking: onceItAnswers(ask, { clock, untilMs: START + 60_000 }) };
}

describe('a service that does not answer at first', () => {
  test('a service is asked each second until it answers', async () => {
    const { clock, state, asking } = setUp(START + 30_000);
    await clock.advanceBy(29_999);
    expect(state.asked).toBe(30);
    await clock.advanceBy(1);
    expect(await asking).toBe('answer');
    expect(state.asked).toBe(31);
    expect(clock.sleeperCount()).toBe(0);
  });

  test('a service is asked for the last time when the time is up', async () => {
    const { clock, state, asking } = setUp(Infinity);
    const ended = expect(asking).rejects.toThrow(UnavailableError);
    await clock.advanceBy(59_999);
    expect(clock.sleeperCount()).toBe(1);
    await clock.advanceBy(1);
    await ended;
    expect(state.asked).toBe(61);
  });

  test('a service is not asked again after another error', async () => {
    const { clock, state, asking } = setUp(Infinity, new Error('permission denied'));
    await expect(asking).rejects.toThrow('permission denied');
    expect(state.asked).toBe(1);
    expect(clock.sleeperCount()).toBe(0);
  });
});
