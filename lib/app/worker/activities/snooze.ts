import { planWakeUps, type JobsBySecond } from '../../../domain/wake-up-plan.ts';
import type { Clock } from '../../../domain/clock.ts';
import type { Queue } from '../../../redis/queue.ts';
import { timings } from '../../../topology.ts';
import { addPause, addSnooze } from '../../../domain/delays.ts';
import { toPayloadText } from '../../execution-payload.ts';
import type { Activity } from '../activity.ts';
import type { HeldExecution } from '../held-execution.ts';
import type { HeldWork } from '../held-work.ts';
import type { InHand } from '../in-hand.ts';
import type { RunMode } from '../mode.ts';
import type { WakeOthers } from '../wake-others.ts';

const SHORTEST_SNOOZE_MS = 1_000;

/**
 * Snoozes due executions whose hosts have no room or have asked for a pause: releases them to the queue with a later due instant, which spends no retry.
 * PostgreSQL is not asked. There the execution stays due, and its claim decides as always.
 */
export function makeSnooze(deps: {
  queue: Pick<Queue, 'release'>;
  clock: Clock;
  workerId: string;
  mode: RunMode;
  held: HeldWork;
  inHand: InHand;
  wakeOthers: WakeOthers;
  settings: { wakeUpLeadMs: number; jobsPerWakeUp: number };
}): Activity {
  const { queue, clock, workerId, mode, held, inHand, wakeOthers, settings } = deps;
  /** Number of executions that this run has snoozed, by the second in which they come again. */
  const planned: JobsBySecond = new Map();
  return {
    name: 'snooze',
    fromMs: () => (mode.isWorking() ? held.snoozeFromMs() : Infinity),
    run: async (nowMs) => {
      const leaving = held.leaveToSnooze(nowMs);
      const entries = leaving.map((execution) => {
        const dueMs = snoozedUntil(execution, nowMs);
        return { id: execution.id, dueMs, payload: snoozedPayload(execution, dueMs - nowMs) };
      });
      try {
        await queue.release({ workerId, entries });
      } catch (error) {
        held.add(leaving);
        throw error;
      }
      inHand.remove(entries.map(({ id }) => id));
      for (const second of planned.keys()) if (second < nowMs / 1_000) planned.delete(second);
      const { wakeUpLeadMs: leadMs, jobsPerWakeUp } = settings;
      const dues = entries.map(({ dueMs }) => dueMs);
      wakeOthers.send(planWakeUps(dues, planned, { nowMs: clock.nowMs(), leadMs, jobsPerWakeUp }));
    },
  };
}

/** The payload with one more snooze. Without a payload, the snooze is not recorded. */
function snoozedPayload({ payload, heldBackUntilMs }: HeldExecution, forMs: number): string | undefined {
  if (payload === undefined) return undefined;
  const add = heldBackUntilMs === undefined ? addSnooze : addPause;
  return toPayloadText({ ...payload, delays: add(payload.delays, forMs) });
}

/**
 * Snoozes until the end of the pause that the origin has asked for. Otherwise, because the host has no room, it snoozes for as
 * long as the execution has waited, 1 s to a minute. So each execution comes back a few times at most, a backlog
 * costs the queue little more than its arrivals, and executions for a host that recovers run within a minute. The instant is a
 * whole second, so that many executions share a wake-up.
 */
export function snoozedUntil(
  { payload, dueMs, heldBackUntilMs }: Pick<HeldExecution, 'payload' | 'dueMs' | 'heldBackUntilMs'>,
  nowMs: number,
): number {
  const waitedMs = nowMs - (payload?.executionTimeMs ?? dueMs);
  const snoozeMs = Math.min(Math.max(waitedMs, SHORTEST_SNOOZE_MS), timings.longestSnoozeMs);
  return Math.ceil((heldBackUntilMs ?? nowMs + snoozeMs) / 1_000) * 1_000;
}
