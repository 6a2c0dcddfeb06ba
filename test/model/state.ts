/**
 * One occurrence of one job, and everything that happens to it between PostgreSQL, Redis, SQS, its target, two workers, two
 * ticks and the API. The model has no durations: the arrival of an instant and the end of a lease are separate steps.
 */
export type State = {
  db: Database;
  queue: Queue;
  workers: Pair<Worker>;
  ticks: Pair<Tick>;
  api: Api;
  world: World;
};

type Pair<T> = readonly [T, T];

/** The number of an execution: 1, and 2 when the job was paused and resumed and the occurrence is dispatched again. */
export type Id = number;

export type Database = {
  /** Stopped is paused or deleted; rescheduled has a schedule without the occurrence. */
  job: 'active' | 'stopped' | 'resumed' | 'rescheduled';
  /** Whether the occurrence was due when its job was stopped or rescheduled: it keeps its run. */
  isOwed: boolean;
  /** Whether the row in `job_schedules` still has the occurrence as its next time. */
  hasSchedule: boolean;
  execution: Execution | undefined;
  /** Whether a SKIPPED execution was stored for the occurrence. */
  wasSkipped: boolean;
  /** Claims granted so far. The number of each stands for its token. */
  claims: number;
  /** Whether `uncounted_failures` has a row. */
  isUncounted: boolean;
  /** How many reports of a failure were written to `pending_callbacks`. What follows is in `failures/`. */
  reports: number;
};

export type Execution = {
  id: Id;
  status: 'SCHEDULED' | 'RUNNING' | 'RETRYING' | 'SUCCESS' | 'FAILED' | 'CANCELLED' | 'SKIPPED';
  retryCount: number;
  /** How often its target has put it off without spending a retry. */
  putOffCount: number;
  /** Whether `due_at` has come. */
  isDue: boolean;
  /** The token of the claim that holds it. */
  claim: number | undefined;
  isLeaseOver: boolean;
  isWithdrawn: boolean;
  /** Whether `cancel_requested_at` is set. */
  isCancelled: boolean;
  /** Whether `started_at` is set. */
  wasStarted: boolean;
};

/** Redis without the keys of each worker, and SQS. Ids are sorted, because no rule depends on their order. */
export type Queue = {
  /** The ids whose payload exists. */
  known: readonly Id[];
  /** A list, in which an id may be twice. */
  ready: readonly Id[];
  /** `scheduled` and `retry`: sorted sets that differ only in their names. */
  waiting: readonly Id[];
  /** The executions whose requests workers must break off: `cancels`. */
  cancels: readonly Id[];
  /** The executions whose end it counts. */
  counted: readonly Id[];
  /** Whether a wake-up is under way. Two would change nothing that one delivered twice does not. */
  wakeUp: boolean;
};

export type Worker = {
  life: 'off' | 'on' | 'dead';
  /** Taken from the queue and not claimed yet. */
  held: readonly Id[];
  /** Claims that were granted to it without its knowledge. */
  unheard: readonly Pick<Attempt, 'id' | 'claim' | 'isClaimedLate'>[];
  attempts: readonly Attempt[];
  /** Whose claim was refused or lost, until the queue knows. */
  refused: readonly Id[];
  /** Refused claims of executions that have ended, as PostgreSQL said. */
  found: readonly Id[];
  /** Refused claims of executions that have not ended, as PostgreSQL said. */
  dropping: readonly Id[];
  /** In Redis: its list `processing`, and its entry among `workers`. */
  processing: readonly Id[];
  lease: 'none' | 'valid' | 'over';
};

export type Attempt = {
  id: Id;
  claim: number;
  /** Retries done before it. */
  retryCount: number;
  putOffCount: number;
  /**
   * Whether the claim was granted after the execution had been cancelled, or after the job had been stopped, for more than the
   * one attempt that was owed.
   */
  isClaimedLate: boolean;
  at:
    | 'claimed'
    /** The request was sent. It has reached the target, or is lost. */
    | 'out'
    | 'out, lost'
    | 'succeeded'
    | 'failed'
    /** The target has answered 429 or 503 with Retry-After. */
    | 'asked to wait'
    /** PostgreSQL has answered, and the queue is updated next. */
    | 'to complete'
    | 'to fail'
    | 'to retry';
};

export type Tick =
  | { at: 'idle' }
  /** It has dispatched the execution. */
  | { at: 'enqueue'; id: Id }
  /** It maintains a waiting execution, of which the queue may have lost the payload. */
  | { at: 'find absent'; id: Id }
  | { at: 'find request'; id: Id }
  | { at: 'requeue'; id: Id; isDue: boolean }
  /** The queue counts a failure, and its note is to go. */
  | { at: 'forget' };

/**
 * It has committed a change of the job, or a cancellation: an execution is to leave the queue, or a worker is to break its
 * request off.
 */
export type Api = { at: 'idle' } | { at: 'remove'; id: Id } | { at: 'request cancel'; id: Id };

/** Each comes once at most. */
export type Fault =
  /** A process dies, or an answer is lost, at any step. */
  | 'kill'
  | 'Redis loses everything'
  /** After a day in the queue. */
  | 'a payload expires'
  /** A worker works on while its lease in Redis ends. */
  | 'a worker is cut off from Redis'
  /** A worker stands still between its claim and its request, or in it, for longer than the claim's lease. */
  | 'a worker stalls';

export type World = {
  /** Whether the occurrence's instant has come. */
  hasCome: boolean;
  /** The remaining faults. */
  faults: readonly Fault[];
  /** The number of requests that were sent. */
  requests: number;
  wasReached: boolean;
};

export const offWorker: Worker = {
  life: 'off',
  held: [],
  unheard: [],
  attempts: [],
  refused: [],
  found: [],
  dropping: [],
  processing: [],
  lease: 'none',
};

export const idle = { at: 'idle' } as const;

/** The job has just been created. */
export function startWith(faults: readonly Fault[]): State {
  return {
    db: {
      job: 'active',
      isOwed: false,
      hasSchedule: true,
      execution: undefined,
      wasSkipped: false,
      claims: 0,
      isUncounted: false,
      reports: 0,
    },
    queue: { known: [], ready: [], waiting: [], cancels: [], counted: [], wakeUp: false },
    workers: [offWorker, offWorker],
    ticks: [idle, idle],
    api: idle,
    world: { hasCome: false, faults, requests: 0, wasReached: false },
  };
}
