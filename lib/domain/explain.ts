import type { Attempt } from './attempt.ts';
import type { ExecutionRecord } from './execution-record.ts';
import { tellSkipped } from './explain-skipped.ts';
import { type OpenState, tellPause, tellRunning, tellWaiting, withDelays } from './explain-waiting.ts';
import { at, type Fact, lasting, times, toFact } from './fact.ts';
import { takeBackMessages, type ReasonCode } from './reason.ts';

/** A first request that left later than this is called late. */
const LATE_FROM_MS = 1_000;

/**
 * Tells why an execution ran when it did, waited, was late, was retried, failed, was cancelled or was skipped. It only tells what was recorded
 * when it happened, and what it is waiting for, and says when a delay has no recorded cause.
 */
export function explainExecution(
  recorded: ExecutionRecord,
  attempts: readonly Attempt[],
  state: OpenState,
): Fact[] {
  if (recorded.status === 'SKIPPED') return [tellSkipped(recorded, state.misfire)];
  const execution = withDelays(recorded, state.queue?.delays);
  return [
    tellDispatch(execution),
    ...tellRequeued(execution),
    ...tellSnoozed(execution),
    ...tellHeldBack(execution, state),
    ...tellStart(execution),
    ...tellLostAttempts(execution, attempts),
    ...attempts.flatMap(tellAttempt),
    ...tellWithdrawn(execution),
    tellState(execution, state),
  ];
}

function tellDispatch(execution: ExecutionRecord): Fact {
  const { createdAt, executionTime, lateDispatchBy, trigger, originId } = execution;
  if (trigger !== 'SCHEDULE') {
    const why = {
      MANUAL: 'A caller ran the job',
      REDRIVE: `A caller repeated execution ${originId ?? 'unknown'}`,
      CALLBACK: `Execution ${originId ?? 'unknown'} is reported to a URL. This was written`,
    }[trigger];
    return toFact('REQUESTED', createdAt, { trigger, originId }, `${why} at ${at(createdAt)}.`);
  }
  const lateMs = createdAt.getTime() - executionTime.getTime();
  const values = { executionTime: executionTime.toISOString() };
  if (lateMs <= 0) {
    const sentence = `It was dispatched at ${at(createdAt)}, ${lasting(-lateMs)} before its execution time.`;
    return toFact('DISPATCHED', createdAt, values, sentence);
  }
  const by = lateDispatchBy === null ? '' : lateDispatchBy === 'TICK' ? ' by a tick' : ' by the API';
  return toFact(
    'DISPATCHED_LATE',
    createdAt,
    { ...values, lateMs, by: lateDispatchBy },
    `It was dispatched${by} at ${at(createdAt)}, ${lasting(lateMs)} after its execution time.`,
  );
}

function tellRequeued({ requeuedAt }: ExecutionRecord): Fact[] {
  if (requeuedAt === null) return [];
  const sentence = `It was missing in the queue. A tick queued it at ${at(requeuedAt)}.`;
  return [toFact('REQUEUED', requeuedAt, {}, sentence)];
}

function tellSnoozed({ snoozeCount, snoozedMs }: ExecutionRecord): Fact[] {
  if (snoozeCount === null) return [];
  const sentence = `It was put off ${times(snoozeCount)}, for ${lasting(snoozedMs ?? 0)} in total, because its host had no room for another request.`;
  return [toFact('SNOOZED', null, { count: snoozeCount, totalMs: snoozedMs }, sentence)];
}

function tellHeldBack(execution: ExecutionRecord, { queue }: OpenState): Fact[] {
  const pause = tellPause(execution, queue);
  if (pause !== undefined) return [pause];
  const { heldBackCount, heldBackMs } = execution;
  if (heldBackCount === null) return [];
  const sentence = `It was put off ${times(heldBackCount)}, for ${lasting(heldBackMs ?? 0)} in total, because its origin had asked for a pause.`;
  return [toFact('HELD_BACK', null, { count: heldBackCount, totalMs: heldBackMs }, sentence)];
}

function tellStart(execution: ExecutionRecord): Fact[] {
  const { executionTime, latenessMs, createdAt, requeuedAt, snoozeCount, heldBackCount } = execution;
  if (latenessMs === null) return [];
  const started = new Date(executionTime.getTime() + latenessMs);
  const hasCause =
    createdAt > executionTime || requeuedAt !== null || (snoozeCount ?? heldBackCount) !== null;
  const unknown = latenessMs < LATE_FROM_MS || hasCause ? '' : ' No cause of the delay is recorded.';
  const sentence = `Its first request left at ${at(started)}, ${lasting(latenessMs)} after its execution time.${unknown}`;
  return [toFact('STARTED', started, { latenessMs }, sentence)];
}

/** Attempts of an earlier version have no row, and neither have attempts whose retention is over. */
function tellLostAttempts(
  { retryCount, putOffCount }: ExecutionRecord,
  attempts: readonly Attempt[],
): Fact[] {
  const ended = attempts.filter(({ status }) => status === 'FAILED' || status === 'UNKNOWN').length;
  const count = retryCount + putOffCount - ended;
  if (count <= 0) return [];
  const sentence = `${count} failed ${count === 1 ? 'attempt is' : 'attempts are'} not in the history.`;
  return [toFact('ATTEMPTS_NOT_KEPT', null, { count }, sentence)];
}

function tellAttempt(attempt: Attempt): Fact[] {
  const { number, status, startedAt, finishedAt, reason, statusCode, errorCode, durationMs, retryAt } =
    attempt;
  if (status !== 'FAILED' && status !== 'UNKNOWN') return [];
  const next = retryAt === null ? '' : ` The next attempt was planned for ${at(retryAt)}.`;
  const values = {
    number,
    reason,
    statusCode,
    errorCode,
    durationMs,
    retryAt: retryAt?.toISOString() ?? null,
  };
  if (status === 'UNKNOWN') {
    const sentence = `The worker of attempt ${number} vanished. A tick freed the execution at ${at(finishedAt)}. Whether the target got the request is unknown.${next}`;
    return [toFact('ATTEMPT_FREED', finishedAt, values, sentence)];
  }
  const why = attempt.errorMessage ?? 'no message is recorded';
  if (reason === 'TARGET_REFUSED') {
    const sentence = `Attempt ${number} was not sent. ${capitalised(why)}.${next}`;
    return [toFact('ATTEMPT_REFUSED', finishedAt, values, sentence)];
  }
  const sentence = `Attempt ${number} failed${durationMs === null ? '' : ` after ${lasting(durationMs)}`}: ${why}.${next}`;
  return [toFact('ATTEMPT_FAILED', startedAt ?? finishedAt, values, sentence)];
}

function tellWithdrawn({ isWithdrawn, withdrawnReason, cancelRequestedAt }: ExecutionRecord): Fact[] {
  if (!isWithdrawn) return [];
  const isCancelled = withdrawnReason === null && cancelRequestedAt !== null;
  const reason = isCancelled ? 'CANCELLED_BY_CALLER' : withdrawnReason;
  const sentence = `It gets no further attempt, because ${because(reason)}.`;
  return [toFact('WITHDRAWN', isCancelled ? cancelRequestedAt : null, { reason }, sentence)];
}

function tellState(execution: ExecutionRecord, state: OpenState): Fact {
  const { status, finishedAt, reason, statusCode, errorMessage } = execution;
  const ended = finishedAt ?? execution.updatedAt;
  switch (status) {
    case 'SCHEDULED':
    case 'RETRYING':
      return tellWaiting(execution, state);
    case 'RUNNING':
      return tellRunning(execution, state);
    case 'SUCCESS': {
      const answer = statusCode === null ? '' : ` The target answered ${statusCode}.`;
      const values = { statusCode, durationMs: execution.executionDuration };
      return toFact('SUCCEEDED', ended, values, `It succeeded at ${at(ended)}.${answer}`);
    }
    case 'FAILED': {
      const sentence = `It failed at ${at(ended)}: ${errorMessage ?? 'no message is recorded'}.`;
      return toFact('FAILED', ended, { reason }, sentence);
    }
    case 'CANCELLED': {
      const sentence = `It was cancelled at ${at(ended)}, because ${because(reason)}.`;
      return toFact('CANCELLED', ended, { reason }, sentence);
    }
    case 'SKIPPED':
      return tellSkipped(execution, state.misfire);
  }
}

function because(reason: ReasonCode | null): string {
  if (reason === 'CANCELLED_BY_CALLER') return 'a caller cancelled it';
  const messages: Partial<Record<ReasonCode, string>> = takeBackMessages;
  return (reason === null ? undefined : messages[reason]) ?? 'of a change whose kind is not recorded';
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
