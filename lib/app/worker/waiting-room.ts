import type { Admitted, Attempts } from './attempts.ts';
import type { HeldExecution } from './held-execution.ts';
import type { HostShare } from './host-share.ts';
import type { Parking } from './parking.ts';
import type { RunDeadline } from './run-deadline.ts';

/** A burst to a host of which nothing is known waits so long for its first answers, then the rest of it is parked. */
const PARK_AFTER_MS = 250;

/** What a run holds of what it took, until it is claimed or goes back to the queue. */
export type WaitingRoom = {
  add: (executions: readonly HeldExecution[]) => void;
  size: () => number;
  /** When the first is due that may be admitted; undefined when there is none. */
  firstDueMs: () => number | undefined;
  hasDrawn: () => boolean;
  /**
   * Admits what is due by the instant, as far as there is room for it. What does not fit in before the run's end leaves
   * as a misfit; what its host has no room for stays, and no longer stands before others.
   */
  admitDue: (
    nowMs: number,
    dueByMs: number,
  ) => { admitted: Admitted[]; misfits: HeldExecution[]; isTooLateForSlow: boolean };
  /** There may be room again. */
  unblock: () => void;
  /** From when on something is to be parked. */
  parkFromMs: () => number;
  /** What is to be parked leaves. */
  leaveToPark: (nowMs: number) => HeldExecution[];
  /** What is due by the instant and was not looked at, for want of room in the window, leaves. */
  leaveDue: (byMs: number) => HeldExecution[];
  /** All leaves. */
  leave: () => HeldExecution[];
};

export function makeWaitingRoom(deps: {
  attempts: Pick<Attempts, 'admit' | 'hasRoom'>;
  share: Pick<HostShare, 'isSlow'>;
  parking: Pick<Parking, 'has'>;
  deadline: RunDeadline;
  /** Of what has no payload. */
  maxRequestMs: number;
}): WaitingRoom {
  const { attempts, share, parking, deadline, maxRequestMs } = deps;
  /** The earliest due first. */
  const held: HeldExecution[] = [];
  const blocked: HeldExecution[] = [];
  const toPark: HeldExecution[] = [];

  const leaveDue = (byMs: number): HeldExecution[] => {
    const later = held.findIndex((execution) => execution.dueMs > byMs);
    return held.splice(0, later === -1 ? held.length : later);
  };

  const block = (execution: HeldExecution, nowMs: number): void => {
    const blockedSinceMs = execution.blockedSinceMs ?? nowMs;
    blocked.push({ ...execution, blockedSinceMs });
  };

  const isSlow = ({ host }: HeldExecution, nowMs: number): boolean =>
    host !== undefined && share.isSlow(host, nowMs);

  /** Whether a request that is sent when it is due, or now, would end in time. */
  const fits = (execution: HeldExecution, nowMs: number, fitsIn: RunDeadline['fits']): boolean =>
    fitsIn(Math.max(nowMs, execution.dueMs), execution.payload?.timeoutMs ?? maxRequestMs);

  const isBehindOthers = ({ host, isDrawn }: HeldExecution): boolean =>
    !isDrawn && host !== undefined && parking.has(host);

  return {
    add: (executions) => {
      held.push(...executions);
      held.sort((a, b) => a.dueMs - b.dueMs);
    },
    size: () => held.length + blocked.length + toPark.length,
    firstDueMs: () => held[0]?.dueMs,
    hasDrawn: () => held.some(({ isDrawn }) => isDrawn),

    admitDue: (nowMs, dueByMs) => {
      const admitted: Admitted[] = [];
      const misfits: HeldExecution[] = [];
      let isTooLateForSlow = false;
      const due = leaveDue(dueByMs);
      for (const [index, execution] of due.entries()) {
        if (!attempts.hasRoom()) {
          held.unshift(...due.slice(index));
          break;
        }
        if (!fits(execution, nowMs, deadline.fits)) misfits.push(execution);
        else if (isBehindOthers(execution)) toPark.push(execution);
        else if (!fits(execution, nowMs, deadline.fitsSlow) && isSlow(execution, nowMs)) {
          isTooLateForSlow = true;
          toPark.push(execution);
        } else {
          const place = attempts.admit(execution, nowMs);
          if (place !== undefined) admitted.push(place);
          else if (isSlow(execution, nowMs)) toPark.push(execution);
          else block(execution, nowMs);
        }
      }
      return { admitted, misfits, isTooLateForSlow };
    },

    unblock: () => {
      if (blocked.length > 0) held.unshift(...blocked.splice(0));
    },
    parkFromMs: () => {
      if (toPark.length > 0) return 0;
      if (blocked.length === 0) return Infinity;
      return Math.min(...blocked.map(({ blockedSinceMs }) => (blockedSinceMs ?? 0) + PARK_AFTER_MS));
    },
    leaveToPark: (nowMs) => {
      const isOld = ({ blockedSinceMs = nowMs }: HeldExecution): boolean =>
        blockedSinceMs + PARK_AFTER_MS <= nowMs;
      const old = blocked.filter(isOld);
      blocked.splice(0, blocked.length, ...blocked.filter((execution) => !isOld(execution)));
      return [...toPark.splice(0), ...old];
    },
    leaveDue,
    leave: () => [...toPark.splice(0), ...blocked.splice(0), ...held.splice(0)],
  };
}
