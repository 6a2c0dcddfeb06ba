import { setTimeout as sleep } from 'node:timers/promises';
import type { Inject } from './inject.ts';
import type { Fault, FaultPlan } from './plan.ts';

export type InjectedFault = { kind: Fault['kind']; detail: string; atMs: number; endedMs: number };

export type Storm = {
  injected: InjectedFault[];
  /** How many faults could not be injected: no environment reached the point in time, or there was no wake-up to harm. */
  missed: number;
};

/** Average time per fault over all lanes. At this rate a machine with two cores still does its work. */
export const MS_PER_FAULT = 1_250;

/**
 * Runs all lanes at once, each with its faults spread over the time. Kills at the end replace the faults that could not be
 * injected, up to the number asked for.
 */
export async function rage(
  plan: FaultPlan,
  inject: Inject,
  onInjected: (fault: InjectedFault) => void,
): Promise<Storm> {
  const startedMs = Date.now();
  const durationMs = plan.count * MS_PER_FAULT;
  const storm: Storm = { injected: [], missed: 0 };

  const strike = async (fault: Fault): Promise<void> => {
    const atMs = Date.now();
    const detail = await inject(fault);
    if (detail === undefined) {
      storm.missed += 1;
      return;
    }
    const injected = { kind: fault.kind, detail, atMs, endedMs: Date.now() };
    storm.injected.push(injected);
    onInjected(injected);
  };

  const runLane = async (faults: readonly Fault[]): Promise<void> => {
    for (const [index, fault] of faults.entries()) {
      await sleep(Math.max(0, startedMs + ((index + 0.5) * durationMs) / faults.length - Date.now()));
      await strike(fault);
    }
  };

  await Promise.all(plan.lanes.flatMap(({ name, faults }) => split(name, faults)).map(runLane));
  let tries = plan.count;
  let underWay = 0;
  const replaceMissed = async (): Promise<void> => {
    while (storm.injected.length + underWay < plan.count && tries > 0) {
      tries -= 1;
      underWay += 1;
      await strike({ kind: 'environment killed' });
      underWay -= 1;
    }
  };
  await Promise.all(Array.from({ length: KILLS_AT_ONCE }, replaceMissed));
  return storm;
}

/** A kill waits until an environment reaches its point, so several kills wait at once, at different points. */
const KILLS_AT_ONCE = 5;

function split(name: string, faults: readonly Fault[]): (readonly Fault[])[] {
  if (name !== 'kills') return [faults];
  return Array.from({ length: KILLS_AT_ONCE }, (_, lane) =>
    faults.filter((_, index) => index % KILLS_AT_ONCE === lane),
  );
}
