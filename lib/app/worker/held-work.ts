import { latestStartMs } from '../../domain/retry.ts';
import type { HeldExecution } from './held-execution.ts';
import type { HeldOrigins } from './held-origins.ts';
import { bodyBytesOf, type InFlight, type Slot } from './in-flight.ts';
import type { RunDeadline } from './run-deadline.ts';

/** How long a burst to an unknown host waits for its first responses. Then the rest of the burst is snoozed. */
const SNOOZE_AFTER_MS = 250;

/** Maximum number of remembered hosts that did not answer in time. */
const MAX_SILENT_HOSTS = 2_000;

/** An execution that is later than this waits for no pause of its origin. It is sent, and its retries decide how it ends. */
const LONGEST_HELD_BACK_MS = 86_400_000;

/** An execution that may be claimed, and its slot in the window. */
export type Admitted = { execution: HeldExecution; slot: Slot };

/** The executions that a run has taken from the queue and not yet admitted. It alone decides their order. */
export type HeldWork = {
  add: (executions: readonly HeldExecution[]) => void;
  size: () => number;
  /**
   * How many held executions are about to be snoozed, or blocked without hope: their host has already made others be snoozed, or
   * hosts that do not answer leave no room to any other. They take no room from the executions of other hosts. All other blocked
   * executions do: their host may answer at any time.
   */
  countAside: () => number;
  /** How many held executions are blocked, and not aside. */
  countBlocked: () => number;
  /** How many executions are due by the instant and wait only for the window. Blocked executions do not count. */
  countDue: (byMs: number) => number;
  /** When the next execution to admit is due. -Infinity: now. Infinity: there is none. */
  admitFromMs: () => number;
  /** When the first execution that waits for the window is due. Infinity: there is none. */
  firstDueMs: () => number;
  /**
   * Admits executions that are due by the instant while the window has room. An execution that would not end before the run
   * leaves as a misfit. An execution whose host has no room stays, blocked, until a slot becomes free. An execution whose origin
   * has asked for a pause waits to be snoozed.
   */
  admitDue: (nowMs: number, dueByMs: number) => { admitted: Admitted[]; misfits: HeldExecution[] };
  /** A slot has become free: blocked executions may have room. */
  unblock: () => void;
  /** When the next execution must be snoozed. */
  snoozeFromMs: () => number;
  /** Removes and returns the executions to snooze. */
  leaveToSnooze: (nowMs: number) => HeldExecution[];
  /** Removes and returns the executions that are due by the instant and wait for the window. */
  leaveDue: (byMs: number) => HeldExecution[];
  /** Removes and returns everything. */
  leave: () => HeldExecution[];
};

/** One pass over due executions. Once a host has no room, its other executions are not tried in the same pass. */
type Pass = { admitted: Admitted[]; misfits: HeldExecution[]; fullHosts: Set<string | undefined> };

export function makeHeldWork(deps: {
  inFlight: Pick<InFlight, 'admit' | 'isAhead' | 'isFull' | 'isSlow'>;
  heldOrigins: Pick<HeldOrigins, 'untilMs'>;
  deadline: RunDeadline;
  /** Timeout to assume when the payload is missing. */
  maxRequestMs: number;
}): HeldWork {
  const { inFlight, heldOrigins, deadline, maxRequestMs } = deps;
  /** In due order. */
  let held: HeldExecution[] = [];
  /** Due executions whose hosts have no room. */
  let blocked: HeldExecution[] = [];
  /** How many of them wait for a host that may still answer in time. */
  let inTime = 0;
  /** Hosts that did not answer in time: executions of theirs were snoozed, and none was admitted since then. */
  const silentHosts = new Set<string | undefined>();
  /**
   * Hosts that do not answer leave no room to any other. Then a further unknown host must not take room for 250 ms of its own: a
   * burst to 1,000 of them would keep all other executions waiting for seconds. It begins when executions are snoozed although none
   * that waited was admitted for 250 ms, and ends when one is, or when none waits.
   */
  let isStuck = false;
  /** When a blocked execution was last admitted. */
  let admittedBlockedMs = -Infinity;
  let toSnooze: HeldExecution[] = [];
  /** Whether a slot has become free since the last pass over blocked executions. */
  let mayUnblock = false;

  /** Index of the first execution that is due after the instant. */
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

  /** Until when the execution waits for its origin. Undefined if it may be sent, or is so old that it waits no longer. */
  const heldBackUntil = ({ payload, dueMs }: HeldExecution, nowMs: number): number | undefined => {
    const untilMs = payload && heldOrigins.untilMs(payload.url, nowMs);
    if (payload === undefined || untilMs === undefined) return undefined;
    // It is admitted a little before it is due, and the pause may end just then.
    if (untilMs <= dueMs) return undefined;
    const lastMs = Math.min(latestStartMs(payload), payload.executionTimeMs + LONGEST_HELD_BACK_MS);
    return nowMs > lastMs ? undefined : Math.min(untilMs, lastMs + 1);
  };

  /** Whether the request would end in time if it were sent when due, or now if that has passed. */
  const fits = (execution: HeldExecution, nowMs: number, fitsIn: RunDeadline['fits']): boolean =>
    fitsIn(Math.max(nowMs, execution.dueMs), execution.payload?.timeoutMs ?? maxRequestMs);

  /** Tries to admit the first `end` executions, in order, while the window has room. Returns how many it tried. */
  const lookAt = (executions: readonly HeldExecution[], end: number, nowMs: number, pass: Pass): number => {
    let looked = 0;
    for (; looked < end && !inFlight.isFull(); looked += 1) {
      const execution = executions[looked];
      if (execution !== undefined && !lookAtOne(execution, nowMs, pass)) break;
    }
    return looked;
  };

  /** Returns false if the execution must wait for the window. It then stays where it is. */
  const lookAtOne = (
    execution: HeldExecution,
    nowMs: number,
    { admitted, misfits, fullHosts }: Pass,
  ): boolean => {
    const { host } = execution;
    const heldBackUntilMs = heldBackUntil(execution, nowMs);
    execution.heldBackUntilMs = heldBackUntilMs;
    if (heldBackUntilMs !== undefined) toSnooze.push(execution);
    else if (!fits(execution, nowMs, deadline.fits)) misfits.push(execution);
    else if (!fits(execution, nowMs, deadline.fitsSlow) && isSlow(execution, nowMs)) toSnooze.push(execution);
    else {
      const slot = fullHosts.has(host) && !inFlight.isAhead() ? undefined : inFlight.admit(execution, nowMs);
      if (slot !== undefined) {
        admitted.push({ execution, slot });
        noteAdmitted(execution, nowMs);
      } else if (inFlight.isFull()) return false;
      else {
        // Perhaps only the large body had no room. Then another execution of the host may still be admitted.
        if (bodyBytesOf(execution) === 0) fullHosts.add(host);
        waitForHost(execution, nowMs);
      }
    }
    return true;
  };

  const waitForHost = (execution: HeldExecution, nowMs: number): void => {
    if (isSlow(execution, nowMs)) return void toSnooze.push(execution);
    execution.blockedSinceMs ??= nowMs;
    blocked.push(execution);
    if (!silentHosts.has(execution.host)) inTime += 1;
  };

  const countAgain = (): void => {
    inTime = blocked.filter(({ host }) => !silentHosts.has(host)).length;
  };

  const noteAdmitted = (execution: HeldExecution, nowMs: number): void => {
    if (execution.blockedSinceMs !== undefined) {
      admittedBlockedMs = nowMs;
      isStuck = false;
    }
    // Its claim may fail. Then it waits again, from then on.
    execution.blockedSinceMs = undefined;
    if (silentHosts.delete(execution.host)) countAgain();
  };

  const noteSnoozed = (executions: readonly HeldExecution[], nowMs: number): void => {
    if (executions.length === 0) return;
    for (const { host } of executions) if (silentHosts.size < MAX_SILENT_HOSTS) silentHosts.add(host);
    isStuck ||= admittedBlockedMs + SNOOZE_AFTER_MS <= nowMs;
    countAgain();
  };

  const countBlocked = (): number => (isStuck ? 0 : inTime);

  const add = (executions: readonly HeldExecution[]): void => {
    if (executions.length === 0) return;
    const isLater = (executions[0]?.dueMs ?? 0) >= (held.at(-1)?.dueMs ?? -Infinity);
    held.push(...executions);
    if (!isLater || !isSorted(executions)) held.sort((a, b) => a.dueMs - b.dueMs);
  };

  return {
    add,
    size: () => held.length + blocked.length + toSnooze.length,
    countAside: () => blocked.length - countBlocked() + toSnooze.length,
    countBlocked,
    countDue: placeAfter,
    admitFromMs: () => (mayUnblock ? -Infinity : (held[0]?.dueMs ?? Infinity)),
    firstDueMs: () => held[0]?.dueMs ?? Infinity,

    admitDue: (nowMs, dueByMs) => {
      const pass: Pass = { admitted: [], misfits: [], fullHosts: new Set() };
      if (mayUnblock) {
        mayUnblock = false;
        const again = blocked;
        blocked = [];
        inTime = 0;
        const looked = lookAt(again, again.length, nowMs, pass);
        // The others wait for the window now, not for their hosts. As blocked ones they would be snoozed although hosts answer.
        const others = again.slice(looked);
        for (const execution of others) execution.blockedSinceMs = undefined;
        add(others);
      }
      held.splice(0, lookAt(held, placeAfter(dueByMs), nowMs, pass));
      if (blocked.length === 0) isStuck = false;
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
      const old = blocked.filter(isOld);
      blocked = blocked.filter((execution) => !isOld(execution));
      noteSnoozed(old, nowMs);
      const leaving = [...toSnooze, ...old];
      toSnooze = [];
      return leaving;
    },
    leaveDue: (byMs) => held.splice(0, placeAfter(byMs)),
    leave: () => {
      const all = [...toSnooze, ...blocked, ...held];
      toSnooze = [];
      blocked = [];
      inTime = 0;
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
