import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTraceparent, traceIdOf, traceparentOf } from '../../../lib/domain/trace.ts';

const executions = fc.record({
  id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  executionTimeMs: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
});

describe('the trace context of an attempt', () => {
  test('the header is valid, and its trace id is the one of the execution', () => {
    fc.assert(
      fc.property(executions, fc.integer({ min: 1, max: 1_000 }), (execution, number) => {
        const header = traceparentOf(execution, number);
        expect(parseTraceparent(header)).toBe(header);
        expect(header.split('-')[1]).toBe(traceIdOf(execution));
      }),
    );
  });

  test('the ids of 100,000 neighbouring executions and their attempts are different', () => {
    const traceIds = new Set<string>();
    const spanIds = new Set<string>();
    for (let id = 1; id <= 25_000; id += 1) {
      for (const executionTimeMs of [1_900_000_000_000, 1_900_000_060_000]) {
        traceIds.add(traceIdOf({ id, executionTimeMs }));
        for (const number of [1, 2])
          spanIds.add(traceparentOf({ id, executionTimeMs }, number).slice(36, 52));
      }
    }
    expect([traceIds.size, spanIds.size]).toEqual([50_000, 100_000]);
  });
});

const VALID = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test.each([VALID, `cc${VALID.slice(2)}-what-the-future-brings`, ` ${VALID} `])(
  'the traceparent "%s" of a request is accepted',
  (value) => {
    expect(parseTraceparent(value)).toBe(value.trim());
  },
);

test.each([
  undefined,
  '',
  VALID.toUpperCase(),
  `${VALID}-more`,
  `ff${VALID.slice(2)}`,
  VALID.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
  VALID.replace('00f067aa0ba902b7', '0'.repeat(16)),
  `cc${VALID.slice(2)}-${'x'.repeat(100)}`,
])('the traceparent "%s" of a request is ignored', (value) => {
  expect(parseTraceparent(value)).toBeUndefined();
});
