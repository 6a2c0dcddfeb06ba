import { expect, test } from 'vitest';
import { makeHeldOrigins } from '../../../../lib/app/worker/held-origins.ts';
import { MAX_HELD_BACK } from '../../../../lib/redis/hold-back.ts';

const NOW_MS = 1_000_000;
const open = () => makeHeldOrigins({ maxRetryAfterMs: 60_000 });

test('every URL of an origin waits until the end of the pause, and no other URL waits', () => {
  const origins = open();
  origins.hold('https://one.example/a', NOW_MS + 30_000, NOW_MS);
  expect(origins.untilMs('https://ONE.example:443/b?c', NOW_MS)).toBe(NOW_MS + 30_000);
  expect(origins.untilMs('https://one.example/a', NOW_MS + 30_000)).toBeUndefined();
  for (const url of [
    'http://one.example/',
    'https://one.example:8443/',
    'https://two.example/',
    'nonsense',
  ]) {
    expect(origins.untilMs(url, NOW_MS)).toBeUndefined();
  }
});

test('a pause never becomes shorter, and ends at the longest allowed time', () => {
  const origins = open();
  origins.hold('https://one.example/', NOW_MS + 30_000, NOW_MS);
  origins.hold('https://one.example/', NOW_MS + 10_000, NOW_MS);
  expect(origins.untilMs('https://one.example/', NOW_MS)).toBe(NOW_MS + 30_000);
  origins.hold('https://one.example/', NOW_MS + 1e12, NOW_MS);
  expect(origins.untilMs('https://one.example/', NOW_MS)).toBe(NOW_MS + 60_000);
});

test('a pause is shared once, and again only when it ends at least a second later', () => {
  const origins = open();
  origins.hold('https://one.example/', NOW_MS + 30_000, NOW_MS);
  expect(origins.takeUnshared()).toEqual([{ origin: 'https://one.example', untilMs: NOW_MS + 30_000 }]);
  origins.hold('https://one.example/', NOW_MS + 30_999, NOW_MS + 999);
  expect(origins.hasUnshared()).toBe(false);
  origins.hold('https://one.example/', NOW_MS + 32_000, NOW_MS + 2_000);
  expect(origins.takeUnshared()).toHaveLength(1);
});

test('the pauses that other workers share are obeyed and not shared again', () => {
  const origins = open();
  expect(origins.version()).toBe('');
  const shared = [
    { origin: 'https://one.example', untilMs: NOW_MS + 30_000 },
    { origin: 'https://past.example', untilMs: NOW_MS },
    { origin: 'https://wrong-clock.example', untilMs: NOW_MS + 1e12 },
  ];
  origins.learn({ version: 'a', origins: shared }, NOW_MS);
  expect(origins.version()).toBe('a');
  expect(origins.untilMs('https://one.example/', NOW_MS)).toBe(NOW_MS + 30_000);
  expect(origins.untilMs('https://past.example/', NOW_MS)).toBeUndefined();
  expect(origins.untilMs('https://wrong-clock.example/', NOW_MS)).toBe(NOW_MS + 60_000);
  expect(origins.hasUnshared()).toBe(false);
  // A lost Redis: its version is empty, and so is its list. What is known stays.
  origins.learn({ version: '', origins: [] }, NOW_MS);
  expect(origins.untilMs('https://one.example/', NOW_MS)).toBe(NOW_MS + 30_000);
});

test('the number of known origins is bounded, and the pause that ends first is forgotten', () => {
  const origins = open();
  for (let n = 0; n <= MAX_HELD_BACK; n += 1) {
    origins.hold(`https://host-${n}.example/`, NOW_MS + 1_000 + n, NOW_MS);
  }
  expect(origins.untilMs('https://host-0.example/', NOW_MS)).toBeUndefined();
  expect(origins.untilMs('https://host-1.example/', NOW_MS)).toBe(NOW_MS + 1_001);
  expect(origins.untilMs(`https://host-${MAX_HELD_BACK}.example/`, NOW_MS)).toBe(
    NOW_MS + 1_000 + MAX_HELD_BACK,
  );
});
