import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTicker, type Ticker } from '../../../local/ticker.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let clock: ManualClock;
let ticker: Ticker | undefined;
let ticks: string[] = [];
let reports: string[] = [];

beforeEach(() => {
  clock = new ManualClock('2030-01-01T00:00:20Z');
  ticks = [];
  reports = [];
});

afterEach(() => ticker?.stop());

function start(invoke: () => Promise<unknown> = async () => undefined): void {
  ticker = startTicker({
    invoke: () => {
      ticks.push(new Date(clock.nowMs()).toISOString().slice(11, 19));
      return invoke();
    },
    intervalMs: 60_000,
    maxConcurrency: 2,
    clock,
    report: (line) => reports.push(line),
  });
}

describe('the ticker', () => {
  test('the ticker ticks at once, and then at each full minute', async () => {
    start();
    await clock.advanceTo('2030-01-01T00:02:59Z');
    expect(ticks).toEqual(['00:00:20', '00:01:00', '00:02:00']);
  });

  test('the ticker continues after a tick that failed, and reports it in one line', async () => {
    start(() => Promise.reject(new Error('as asked')));
    await clock.advanceTo('2030-01-01T00:01:00Z');
    expect(ticks).toHaveLength(2);
    expect(reports).toEqual(['a tick failed: as asked', 'a tick failed: as asked']);
  });

  test('the ticker lets two ticks overlap, not three', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    start(() => promise);
    await clock.advanceTo('2030-01-01T00:02:00Z');
    expect(ticks).toEqual(['00:00:20', '00:01:00']);
    expect(reports).toEqual(['a tick was skipped, because 2 ticks are still running']);
    resolve(undefined);
    await clock.advanceTo('2030-01-01T00:03:00Z');
    expect(ticks).toHaveLength(3);
  });

  test('the ticker does not wait for an hour that a clock change repeats', async () => {
    start();
    await clock.advanceTo('2030-01-01T00:01:30Z');
    clock.stepBackTo('2029-12-31T23:01:30Z');
    // The sleeper should wake at 00:01:31; a real clock looks again within a second.
    await clock.advanceTo('2030-01-01T00:01:31Z');
    expect(ticks).toHaveLength(2);
    await clock.advanceTo('2030-01-01T00:02:00Z');
    expect(ticks).toHaveLength(3);
  });

  test('the ticker stops', async () => {
    start();
    await clock.advanceTo('2030-01-01T00:00:30Z');
    await ticker?.stop();
    await clock.advanceTo('2030-01-01T00:05:00Z');
    expect(ticks).toEqual(['00:00:20']);
  });
});
