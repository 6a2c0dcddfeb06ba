import { describe, expect, test } from 'vitest';
import { phasesOf } from '../../../../../web/components/attempt/phases.ts';

const nothing = {
  number: 1,
  status: 'FAILED',
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  latenessMs: null,
  reason: null,
  errorCode: null,
  errorMessage: null,
  statusCode: null,
  connection: null,
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  retryAt: null,
  traceparent: null,
  response: null,
} as const;
const shown = (measured: object): string[] =>
  phasesOf({ ...nothing, ...measured }).map(({ name, fromMs, toMs }) => `${name} ${fromMs}-${toMs}`);

describe('the phases of an attempt', () => {
  test.each([
    ['an attempt that was not sent', {}, []],
    ['a reused connection', { durationMs: 20, firstByteMs: 15 }, ['Wait 0-15', 'Body 15-20']],
    [
      'a new connection',
      { durationMs: 30, dnsMs: 2, connectMs: 3, tlsMs: 5, firstByteMs: 25 },
      ['DNS 0-2', 'Connect 2-5', 'TLS 5-10', 'Wait 10-25', 'Body 25-30'],
    ],
    ['no answer', { durationMs: 10, connectMs: 4 }, ['Connect 0-4', 'Wait 4-10']],
    // The parts are measured by other clocks than the whole.
    [
      'parts that are longer than the whole',
      { durationMs: 5, connectMs: 9, firstByteMs: 4 },
      ['Connect 0-5'],
    ],
  ])('%s: the phases follow one another', (_, measured, expected) => {
    expect(shown(measured)).toEqual(expected);
  });
});
