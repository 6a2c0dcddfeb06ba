/**
 * One job with three due occurrences, and the consequences of their failures: the count, the reports, and the pause, whose mark stops
 * claims. The model of one execution describes how it ends. Here, executions are claimed and end at any time, in any order and by any
 * process.
 */
export type FailuresState = {
  job: 'active' | 'paused' | 'deleted';
  /** In the order of their execution times. */
  executions: readonly End[];
  /** Whether the executions have ended in the order of their times. With overlap, an older one may end later. */
  isInOrder: boolean;
  /** The row in `failing_jobs`. */
  failing: Failing | undefined;
  /** `pending_callbacks`. */
  pending: readonly Report[];
  /** Executions with the trigger CALLBACK. */
  callbacks: readonly Callback[];
  /** Two processes that handle failures: a tick, and a worker or another tick. */
  followers: readonly [Follower, Follower];
  /** How often the owner may still resume the job. */
  resumes: number;
  /** Whether a failure that pauses the job is stored. No occurrence may begin until the job is resumed, deleted or has recovered. */
  mustBeginNone: boolean;
};

/** `open` is due and waits for a worker; `claimed` is with one. */
export type End = 'open' | 'claimed' | 'SUCCESS' | 'FAILED' | 'CANCELLED';

export type Failing = {
  count: number;
  /** `failures_before_resume` */
  beforeResume: number;
  /** The place of the last failed execution: `last_failed_time`. */
  last: number;
  mustPause: boolean;
};

/** `origin` is the place of the reported execution. Only a flaw reports a callback. */
export type Report = { event: 'failed' | 'recovered'; origin: number | 'a callback' };

export type Callback = Report & { status: 'open' | 'SUCCESS' | 'FAILED' };

export type Follower =
  | { at: 'idle' }
  /** END_RECOVERED has found a success after the last failure, and is about to delete the row. */
  | { at: 'ends'; last: number; success: number }
  /** It has read that the job must be paused. */
  | { at: 'pauses' }
  /** Only with a flaw: reports that have left the table and are not executions yet. */
  | { at: 'carries'; reports: readonly Report[] };

/** The rule about steps. */
export const NONE_IS_BEGUN =
  'no occurrence is begun after the failure that pauses the job, until the job is resumed, deleted or has recovered';

/** `pauseAfterFailures` of the job. */
export const PAUSE_AFTER = 2;

export const firstState: FailuresState = {
  job: 'active',
  executions: ['open', 'open', 'open'],
  isInOrder: true,
  failing: undefined,
  pending: [],
  callbacks: [],
  followers: [{ at: 'idle' }, { at: 'idle' }],
  resumes: 1,
  mustBeginNone: false,
};

export type FailuresFlaw =
  | 'the end of a recovery does not compare the last failure again'
  | 'a pause does not look at its mark again'
  | 'a resume leaves the mark'
  | 'a mark refuses no claim'
  | 'a pause leaves the due occurrences'
  | 'a pause by a person leaves the due occurrences to a mark that is gone'
  | 'reports leave the table before they are executions'
  | 'a callback that fails is reported';
