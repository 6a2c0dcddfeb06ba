import type { SQSRecord } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';

type Batch = { Records: SQSRecord[] };
type Invoke = (event: Batch) => Promise<unknown>;

export type WakeUpFault =
  | { kind: 'lost' }
  | { kind: 'doubled' }
  | { kind: 'delayed'; byMs: number }
  /** Delivers the batch after the next one. */
  | { kind: 'reordered' };

export type WakeUps = {
  invoke: Invoke;
  /** Applies a fault to the next batch. Resolves with true when it was applied, with false when no batch came in time. */
  harm: (fault: WakeUpFault, waitMs: number) => Promise<boolean>;
};

/** A reordered batch is delivered after this time when no next batch comes. */
const LONGEST_HOLD_MS = 5_000;

/** Sits between SQS and the workers, because SQS may deliver a message several times, late, and out of order. */
export function makeWakeUps(invoke: Invoke): WakeUps {
  const waiting: { fault: WakeUpFault; happened: () => void }[] = [];
  const held = new Set<() => void>();

  const apply = async (fault: WakeUpFault, event: Batch): Promise<unknown> => {
    switch (fault.kind) {
      case 'lost':
        // The batch is then deleted, so it does not come back.
        return undefined;
      case 'doubled': {
        const [result] = await Promise.all([invoke(event), invoke(event)]);
        return result;
      }
      case 'delayed':
        await sleep(fault.byMs);
        return invoke(event);
      case 'reordered': {
        const overtaken = Promise.withResolvers<void>();
        held.add(overtaken.resolve);
        await Promise.race([overtaken.promise, sleep(LONGEST_HOLD_MS)]);
        held.delete(overtaken.resolve);
        return invoke(event);
      }
    }
  };

  return {
    invoke: async (event) => {
      const next = waiting.shift();
      if (next !== undefined) {
        next.happened();
        return apply(next.fault, event);
      }
      const result = invoke(event);
      for (const release of held) release();
      return result;
    },
    harm: async (fault, waitMs) => {
      const happened = Promise.withResolvers<boolean>();
      const entry = { fault, happened: () => happened.resolve(true) };
      waiting.push(entry);
      const inTime = await Promise.race([happened.promise, sleep(waitMs, false)]);
      if (!inTime && waiting.includes(entry)) waiting.splice(waiting.indexOf(entry), 1);
      return inTime;
    },
  };
}
