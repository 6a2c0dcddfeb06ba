import type { SQSRecord } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';

type Batch = { Records: SQSRecord[] };
type Invoke = (event: Batch) => Promise<unknown>;

export type WakeUpFault =
  | { kind: 'lost' }
  | { kind: 'doubled' }
  | { kind: 'delayed'; byMs: number }
  /** It comes after the next batch. */
  | { kind: 'reordered' };

export type WakeUps = {
  invoke: Invoke;
  /** Lets it happen to the next batch; resolves when it has, or with false when there was none in time. */
  harm: (fault: WakeUpFault, waitMs: number) => Promise<boolean>;
};

/** A batch that is to come after the next comes after this, when there is no next. */
const LONGEST_HOLD_MS = 5_000;

/** Stands between what was received from SQS and the workers: SQS promises neither once, nor in time, nor in order. */
export function makeWakeUps(invoke: Invoke): WakeUps {
  const waiting: { fault: WakeUpFault; happened: () => void }[] = [];
  const held = new Set<() => void>();

  const apply = async (fault: WakeUpFault, event: Batch): Promise<unknown> => {
    switch (fault.kind) {
      case 'lost':
        // As it is deleted then, it does not come back either.
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
