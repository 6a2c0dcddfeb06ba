import { describe, expect, test } from 'vitest';
import { explore, type Exploration } from './explore.ts';
import { atLeastOnce, atMostOnce, type Protocol } from './protocol.ts';
import type { Fault } from './state.ts';
import { describeViolation } from './trace.ts';

const found = ({ violation }: Exploration): string | undefined => violation && describeViolation(violation);

/** In all protocols, the owner may stop the job at any time, and wake-ups may be late, doubled or lost. */
const explorations: { protocol: Protocol; faults: Fault[]; minStates: number }[] = [
  { protocol: atMostOnce, faults: ['kill', 'Redis loses everything'], minStates: 250_000 },
  { protocol: atLeastOnce, faults: ['kill', 'Redis loses everything'], minStates: 750_000 },
  { protocol: { ...atMostOnce, mayResume: true }, faults: ['kill'], minStates: 400_000 },
  { protocol: { ...atLeastOnce, mayResume: true }, faults: [], minStates: 150_000 },
  { protocol: { ...atMostOnce, mayReschedule: true }, faults: ['kill'], minStates: 30_000 },
  { protocol: { ...atLeastOnce, mayReschedule: true }, faults: [], minStates: 30_000 },
  { protocol: atMostOnce, faults: ['kill', 'a worker is cut off from Redis'], minStates: 250_000 },
  { protocol: atLeastOnce, faults: ['a worker is cut off from Redis'], minStates: 150_000 },
  { protocol: atMostOnce, faults: ['a payload expires'], minStates: 45_000 },
  { protocol: atLeastOnce, faults: ['a payload expires'], minStates: 140_000 },
  { protocol: { ...atMostOnce, maxPutOffs: 1 }, faults: ['kill'], minStates: 30_000 },
  { protocol: { ...atLeastOnce, maxPutOffs: 1 }, faults: ['kill'], minStates: 30_000 },
  { protocol: { ...atMostOnce, mayCancel: true }, faults: ['kill'], minStates: 200_000 },
  { protocol: { ...atLeastOnce, mayCancel: true }, faults: ['Redis loses everything'], minStates: 80_000 },
  { protocol: { ...atMostOnce, mayCancel: true, mayResume: true }, faults: [], minStates: 30_000 },
  { protocol: { ...atMostOnce, maySkip: true }, faults: ['kill'], minStates: 30_000 },
  { protocol: { ...atLeastOnce, maySkip: true, mayResume: true }, faults: [], minStates: 30_000 },
  { protocol: atMostOnce, faults: ['kill', 'a worker stalls'], minStates: 50_000 },
  { protocol: atLeastOnce, faults: ['kill', 'a worker stalls'], minStates: 180_000 },
];

describe('an execution, between two workers, two ticks and the API', () => {
  test.for(explorations)(
    'every rule holds: $protocol.type, may be resumed: $protocol.mayResume, rescheduled: $protocol.mayReschedule, put off: $protocol.maxPutOffs, cancelled: $protocol.mayCancel, skipped: $protocol.maySkip, $faults',
    async ({ protocol, faults, minStates }, { annotate }) => {
      const startedMs = performance.now();
      const exploration = explore(protocol, faults);
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      const { states, steps, ends } = exploration;
      await annotate(`${states} states, ${steps} steps, ${ends} ends in ${seconds} s`);
      expect(found(exploration)).toBeUndefined();
      // With fewer states, the search would have stopped early and checked nothing.
      expect(states).toBeGreaterThan(minStates);
    },
  );
});
