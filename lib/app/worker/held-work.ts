import type { HeldExecution } from './held-execution.ts';
import { bodyBytesOf, type InFlight, type Slot } from './in-flight.ts';
import type { RunDeadline } from './run-deadline.ts';

/** A burst to a host of which nothing is known waits so long for its first answers; then the rest of it is snoozed. */
const SNOOZE_AFTER_MS = 250;

/** An execution that may be claimed, with its place in the window. */
export type Admitted = { execution: HeldExecution; slot: Slot };

/** What a run has taken from the queue, until it is admitted or leaves again. It alone decides in which order. */
export type HeldWork = {
  add: (executions: readonly HeldExecution[]) => void;
  size: () => number;
  /** How many of these are blocked, or about to be snoozed: they use no place of the window. */
  countBlocked: () => number;
  /** How many are due by the instant and will be admitted as soon as the window has room; blocked ones are not among them. */
  countDue: (byMs: number) => number;
  /** When the first is due that may be admitted, or has been blocked until now; Infinity when there is none. */
  admitFromMs: () => number;
  /** When the first is due of those that were not looked at; Infinity when there is none. */
  firstDueMs: () => number;
  /**
   * Admits what is due by the instant, as far as the window has room. What does not fit in before the run's end leaves as a
   * misfit; what its host has no room for stays blocked until a slot becomes free.
   */
  admitDue: (nowMs: number, dueByMs: number) => { admitted: Admitted[]; misfits: HeldExecution[] };
  /** A slot has become free: what was blocked may have room. */
  unblock: () => void;
  /** From when on something is to be snoozed. */
  snoozeFromMs: () => number;
  /** What is to be snoozed leaves. */
  leaveToSnooze: (nowMs: number) => HeldExecution[];
  /** What is due by the instant and was not looked at, for want of room in the window, leaves. */
  leaveDue: (byMs: number) => HeldExecution[];
  /** All leaves. */
  leave: () => HeldExecution[];
};

/** One look at what is due. A host that refused one is not asked again for the others. */
type Pass = { admitted: Admitted[]; misfits: HeldExecution[]; fullHosts: Set<string | undefined> };

export function makeHeldWork(deps: {
  inFlight: Pick<InFlight, 'admit' | 'hasRoom' | 'isSlow'>;
  deadline: RunDeadline;
  /** Timeout to assume while the payload is missing. */
  maxRequestMs: number;
}): HeldWork {
  const { inFlight, deadline, maxRequestMs } = deps;
  /** The earliest due first. */
  let held: HeldExecution[] = [];
  /** Due, and their hosts have no room. */
  let blocked: HeldExecution[] = [];
  let toSnooze: HeldExecution[] = [];
  /** A slot has become free since the blocked were looked at. */
  let mayUnblock = false;

  /** The place of the first that is due after the instant. */
  const placeAfter = (byMs: number): number => {
    let low = 0;
    let high = held.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((held[middle]?.dueMs ?? Infinity) <= byMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const isSlow = ({ host }: HeldExecution, nowMs: number): boolean =>
    host !== undefined && inFlight.isSlow(host, nowMs);

  /** Whether a request that is sent when it is due, or now, would end in time. */
  const fits = (execution: HeldExecution, nowMs: number, fitsIn: RunDeadline['fits']): boolean =>
    fitsIn(Math.max(nowMs, execution.dueMs), execution.payload?.timeoutMs ?? maxRequestMs);

  /** Looks at the first `end`, in order, while the window has room. Returns how many it looked at. */
  const lookAt = (executions: readonly HeldExecution[], end: number, nowMs: number, pass: Pass): number => {
    let looked = 0;
    for (; looked < end && inFlight.hasRoom(); looked += 1) {
      const execution = executions[looked];
      if (execution !== undefined) lookAtOne(execution, nowMs, pass);
    }
    return looked;
  };

  const lookAtOne = (
    execution: HeldExecution,
    nowMs: number,
    { admitted, misfits, fullHosts }: Pass,
  ): void => {
    const { host } = execution;
    if (!fits(execution, nowMs, deadline.fits)) return void misfits.push(execution);
    if (!fits(execution, nowMs, deadline.fitsSlow) && isSlow(execution, nowMs)) {
      return void toSnooze.push(execution);
    }
    const slot = fullHosts.has(host) ? undefined : inFlight.admit(execution, nowMs);
    if (slot !== undefined) return void admitted.push({ execution, slot });
    // A large body may be what there is no room for: another of the host may have some.
    if (bodyBytesOf(execution) === 0) fullHosts.add(host);
    if (isSlow(execution, nowMs)) toSnooze.push(execution);
    else blocked.push({ ...execution, blockedSinceMs: execution.blockedSinceMs ?? nowMs });
  };

  const add = (executions: readonly HeldExecution[]): void => {
    if (executions.length === 0) return;
    const isLater = (executions[0]?.dueMs ?? 0) >= (held.at(-1)?.dueMs ?? -Infinity);
    held.push(...executions);
    if (!isLater || !isSorted(executions)) held.sort((a, b) => a.dueMs - b.dueMs);
  };

  return {
    add,
    size: () => held.length + blocked.length + toSnooze.length,
    countBlocked: () => blocked.length + toSnooze.length,
    countDue: placeAfter,
    admitFromMs: () => (mayUnblock ? -Infinity : (held[0]?.dueMs ?? Infinity)),
    firstDueMs: () => held[0]?.dueMs ?? Infinity,

    admitDue: (nowMs, dueByMs) => {
      const pass: Pass = { admitted: [], misfits: [], fullHosts: new Set() };
      if (mayUnblock) {
        mayUnblock = false;
        const again = blocked;
        blocked = [];
        const looked = lookAt(again, again.length, nowMs, pass);
        // The others wait for the window now, not for their hosts: they would be snoozed while these answer.
        add(again.slice(looked).map((execution) => ({ ...execution, blockedSinceMs: undefined })));
      }
      held.splice(0, lookAt(held, placeAfter(dueByMs), nowMs, pass));
      return pass;
    },

    unblock: () => {
      mayUnblock = blocked.length > 0;
    },
    snoozeFromMs: () => {
      if (toSnooze.length > 0) return -Infinity;
      return (blocked[0]?.blockedSinceMs ?? Infinity) + SNOOZE_AFTER_MS;
    },
    leaveToSnooze: (nowMs) => {
      const isOld = ({ blockedSinceMs = nowMs }: HeldExecution): boolean =>
        blockedSinceMs + SNOOZE_AFTER_MS <= nowMs;
      const leaving = [...toSnooze, ...blocked.filter(isOld)];
      blocked = blocked.filter((execution) => !isOld(execution));
      toSnooze = [];
      return leaving;
    },
    leaveDue: (byMs) => held.splice(0, placeAfter(byMs)),
    leave: () => {
      const all = [...toSnooze, ...blocked, ...held];
      toSnooze = [];
      blocked = [];
      held = [];
      return all;
    },
  };
}

function isSorted(executions: readonly HeldExecution[]): boolean {
  return executions.every(
    (execution, place) => execution.dueMs >= (executions[place - 1]?.dueMs ?? -Infinity),
  );
}
