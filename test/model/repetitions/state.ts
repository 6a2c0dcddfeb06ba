/**
 * One execution that has failed, and two callers that repeat it at the same time: the route that retries an execution, and the batch of
 * a redrive. Each of them is one transaction, and sees what others had committed when its statement began.
 */
export type RepetitionsState = {
  /** Committed repetitions that have not ended. */
  open: readonly Repetition[];
  /** Whether a repetition has ended. Only a flaw looks at this. */
  hasEnded: boolean;
  /** The caller that holds the row of the failed execution. */
  lockedBy: Place | undefined;
  callers: readonly [Caller, Caller];
  /** How often a caller may still begin. */
  calls: number;
};

export type Place = 0 | 1;

/** `forced` is a retry with `{"force": true}`: it does not wait or look. */
export type Repetition = { isForced: boolean };

export type Caller =
  | { at: 'idle' }
  /** Its transaction has begun. */
  | { at: 'waits' }
  | { at: 'holds the lock' }
  | { at: 'has looked'; found: Found }
  /** Only with a flaw: it looked in the statement that waits for the lock, whose snapshot is older than the lock. */
  | { at: 'waits, has looked'; found: Found }
  /** It has written a repetition, which others do not see yet. */
  | { at: 'has written'; isForced: boolean };

/** What a look for open repetitions said, and whether one was open at that moment. */
export type Found = { one: boolean; isOpen: boolean };

export const idleCaller = { at: 'idle' } as const;

export const firstState: RepetitionsState = {
  open: [],
  hasEnded: false,
  lockedBy: undefined,
  callers: [idleCaller, idleCaller],
  calls: 4,
};

export type RepetitionsFlaw =
  | 'a caller looks before it has the lock'
  | 'a caller takes no lock'
  | 'the lock ends before the repetition is committed'
  | 'a caller does not look for a repetition that is open'
  | 'a repetition that has ended refuses others'
  | 'a caller that dies keeps its lock';
