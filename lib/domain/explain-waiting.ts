import type { Delays } from './delays.ts';
import type { Misfire } from './explain-skipped.ts';
import type { ExecutionRecord } from './execution-record.ts';
import { at, type Fact, times, toFact } from './fact.ts';

/** The state of an execution that has not ended, at an instant. */
export type OpenState = {
  now: Date;
  /** Undefined if the queue does not answer. */
  queue:
    | {
        isKnown: boolean;
        /** The counts in the payload since the last recorded outcome. */
        delays: Delays | undefined;
        /** When it becomes due in the queue. Null if it is due. */
        dueAt: Date | null;
        /** The pause that the origin of its URL has asked for, if it has not ended. */
        pause: { origin: string; until: Date } | undefined;
      }
    | undefined;
  /** The misfire that skipped it. Undefined if its status is not SKIPPED. */
  misfire?: Misfire | undefined;
};

/** Adds the counts of the payload, which begin with the counts of the row. */
export function withDelays(execution: ExecutionRecord, delays: Delays | undefined): ExecutionRecord {
  if (delays === undefined) return execution;
  const { requeuedAtMs } = delays;
  return {
    ...execution,
    snoozeCount: delays.snoozes ?? execution.snoozeCount,
    snoozedMs: delays.snoozedMs ?? execution.snoozedMs,
    heldBackCount: delays.pauses ?? execution.heldBackCount,
    heldBackMs: delays.pausedMs ?? execution.heldBackMs,
    requeuedAt: requeuedAtMs === undefined ? execution.requeuedAt : new Date(requeuedAtMs),
  };
}

/** Tells the pause that a waiting execution's origin has asked for, if it lasts longer than the execution would wait anyway. */
export function tellPause(execution: ExecutionRecord, queue: OpenState['queue']): Fact | undefined {
  const { status, dueAt, heldBackCount, heldBackMs } = execution;
  const pause = queue?.pause;
  if (pause === undefined || pause.until <= dueAt) return undefined;
  if (status !== 'SCHEDULED' && status !== 'RETRYING') return undefined;
  const { origin, until } = pause;
  const values = { count: heldBackCount ?? 0, totalMs: heldBackMs ?? 0, origin, until: until.toISOString() };
  const putOff =
    heldBackCount === null ? '' : ` It has been put off ${times(heldBackCount)} because of such a pause.`;
  return toFact(
    'HELD_BACK',
    null,
    values,
    `Its origin ${origin} asked for a pause until ${at(until)}.${putOff}`,
  );
}

/** Tells until when an execution waits. */
export function tellWaiting({ dueAt }: ExecutionRecord, { now, queue }: OpenState): Fact {
  const isPutOff = queue?.dueAt !== undefined && queue.dueAt !== null && queue.dueAt > dueAt;
  const putOffUntil = isPutOff ? queue.dueAt : null;
  const values = { dueAt: dueAt.toISOString(), putOffUntil: putOffUntil?.toISOString() ?? null };
  const due =
    dueAt > now
      ? `Its next attempt is due at ${at(dueAt)}.`
      : `Its next attempt has been due since ${at(dueAt)}.`;
  return toFact('WAITING', null, values, `It waits. ${due}${inQueue(dueAt <= now, putOffUntil, queue)}`);
}

function inQueue(isDue: boolean, putOffUntil: Date | null, queue: OpenState['queue']): string {
  if (putOffUntil !== null) return ` A worker put it off until ${at(putOffUntil)}.`;
  if (!isDue) return '';
  if (queue === undefined) return ' The queue does not answer, so it is unknown whether it was put off.';
  return queue.isKnown
    ? ' It is in the queue, and no worker has claimed it yet.'
    : ' It is missing in the queue. The next tick queues it.';
}

/** Tells since when an execution runs. */
export function tellRunning({ startedAt, leaseExpiresAt }: ExecutionRecord, { now }: OpenState): Fact {
  const isOver = leaseExpiresAt !== null && leaseExpiresAt <= now;
  const over = isOver
    ? ` The claim ended at ${at(leaseExpiresAt)}, so the next tick frees the execution.`
    : '';
  return toFact(
    'RUNNING',
    startedAt,
    { claimEndsAt: leaseExpiresAt?.toISOString() ?? null },
    `It runs. A worker claimed it at ${at(startedAt)}.${over}`,
  );
}
