import type { Step } from '../protocol.ts';
import {
  type Callback,
  type End,
  type FailuresFlaw,
  type FailuresState,
  type Follower,
  NONE_IS_BEGUN,
  PAUSE_AFTER,
  type Report,
} from './state.ts';

type FailuresStep = Step<FailuresState>;

/** Every step that can come next. */
export function failuresSteps(state: FailuresState, flaws: readonly FailuresFlaw[]): FailuresStep[] {
  return [
    ...claimSteps(state, flaws),
    ...endSteps(state),
    ...([0, 1] as const).flatMap((place) => followerSteps(state, place, flaws)),
    ...callbackSteps(state, flaws),
    ...ownerSteps(state, flaws),
  ];
}

const isOpen = (end: End): boolean => end === 'open' || end === 'claimed';

const report = (state: FailuresState, ...reports: readonly Report[]): FailuresState => ({
  ...state,
  pending: [...state.pending, ...reports],
});

/**
 * `CLAIM_EXECUTIONS`: an occurrence of a job with a mark is refused. A refused one leaves the queue, and the next tick queues it again;
 * so it can be claimed once the mark is gone.
 */
function claimSteps(state: FailuresState, flaws: readonly FailuresFlaw[]): FailuresStep[] {
  const isMarked = state.failing?.mustPause === true;
  return state.executions.flatMap((end, place): FailuresStep[] => {
    if (end !== 'open' || (isMarked && !flaws.includes('a mark refuses no claim'))) return [];
    return [
      {
        what: `execution ${place + 1} is claimed`,
        by: 'progress',
        to: { ...state, executions: state.executions.with(place, 'claimed') },
        breaks: state.mustBeginNone ? NONE_IS_BEGUN : undefined,
      },
    ];
  });
}

/** An execution ends by its worker, or by a tick that frees its claim. */
function endSteps(state: FailuresState): FailuresStep[] {
  return state.executions.flatMap((end, place): FailuresStep[] => {
    if (end !== 'claimed') return [];
    const isInOrder = state.isInOrder && !state.executions.slice(0, place).some(isOpen);
    const ended = (status: 'SUCCESS' | 'FAILED'): FailuresState => ({
      ...state,
      isInOrder,
      executions: state.executions.with(place, status),
    });
    return [
      { what: `execution ${place + 1} ends SUCCESS`, by: 'progress', to: ended('SUCCESS') },
      {
        what: `execution ${place + 1} ends FAILED`,
        by: 'progress',
        to: noteFailed(ended('FAILED'), place),
      },
    ];
  });
}

/** The trigger `note_failed_execution`, in the statement that ends the execution. The lock of the row makes it one step. */
function noteFailed(state: FailuresState, place: number): FailuresState {
  if (state.job === 'deleted') return state;
  const failed: Report = { event: 'failed', origin: place };
  if (state.executions.indexOf('SUCCESS', place + 1) !== -1) return report(state, failed);
  const recovery = successAfter(state);
  const isRecovered = recovery !== undefined && recovery < place;
  const earlier = isRecovered ? undefined : state.failing;
  const count = (earlier?.count ?? 0) + 1;
  const beforeResume = earlier?.beforeResume ?? 0;
  const failing = {
    count,
    beforeResume,
    last: Math.max(earlier?.last ?? place, place),
    mustPause: earlier?.mustPause === true || (state.job === 'active' && count - beforeResume >= PAUSE_AFTER),
  };
  const recovered: Report[] = isRecovered ? [{ event: 'recovered', origin: recovery }] : [];
  const mustBeginNone = failing.mustPause || (state.mustBeginNone && !isRecovered);
  return report({ ...state, failing, mustBeginNone }, ...recovered, failed);
}

/** The first success after the last failure. */
function successAfter({ failing, executions }: FailuresState): number | undefined {
  if (failing === undefined) return undefined;
  const place = executions.indexOf('SUCCESS', failing.last + 1);
  return place === -1 ? undefined : place;
}

function putFollower(state: FailuresState, place: 0 | 1, follower: Follower): FailuresState {
  const [first, second] = state.followers;
  const followers = place === 0 ? ([follower, second] as const) : ([first, follower] as const);
  return { ...state, followers };
}

/** `makeFollowFailures`, in any order and any number of times. A follower may die between two of its steps. */
function followerSteps(state: FailuresState, place: 0 | 1, flaws: readonly FailuresFlaw[]): FailuresStep[] {
  const follower = state.followers[place];
  const idle = { at: 'idle' } as const;
  const go = (
    what: string,
    to: FailuresState,
    next: Follower,
    more: Partial<FailuresStep> = {},
  ): FailuresStep => ({
    by: 'progress',
    ...more,
    what: `follower ${place + 1} ${what}`,
    to: putFollower(to, place, next),
  });
  const dies = go('dies', state, idle, { by: 'fault' });
  switch (follower.at) {
    case 'idle': {
      const success = successAfter(state);
      const { failing, pending } = state;
      const delayed = flaws.includes('reports leave the table before they are executions');
      const sent = { ...state, pending: [] };
      return [
        ...(failing !== undefined && success !== undefined
          ? [go('finds a recovery', state, { at: 'ends', last: failing.last, success })]
          : []),
        ...(failing?.mustPause ? [go('sees that the job must be paused', state, { at: 'pauses' })] : []),
        ...(pending.length === 0
          ? []
          : delayed
            ? [go('takes the reports', sent, { at: 'carries', reports: pending })]
            : [go('makes executions of the reports', send(sent, pending), idle)]),
      ];
    }
    case 'ends': {
      const { last, success } = follower;
      const compares = !flaws.includes('the end of a recovery does not compare the last failure again');
      if (state.failing === undefined || (compares && state.failing.last !== last)) {
        return [go('finds that the failures have changed', state, idle), dies];
      }
      const ended = report(
        { ...state, failing: undefined, mustBeginNone: false },
        { event: 'recovered', origin: success },
      );
      return [go('ends the failures', ended, idle), dies];
    }
    // `makePauseFailingJobs`, under the lock of the job.
    case 'pauses': {
      const { failing, job } = state;
      const looks = !flaws.includes('a pause does not look at its mark again');
      const isMarked = failing?.mustPause === true || (!looks && failing !== undefined);
      if (job === 'deleted' || failing === undefined || !isMarked)
        return [go('finds no mark any more', state, idle), dies];
      const taken = { ...state, failing: { ...failing, mustPause: false } };
      if (job === 'paused') {
        const leaves = flaws.includes(
          'a pause by a person leaves the due occurrences to a mark that is gone',
        );
        return [go('finds the job paused', leaves ? taken : cancelDue(taken), idle), dies];
      }
      const isRight = failing.count - failing.beforeResume >= PAUSE_AFTER;
      const breaks = isRight
        ? undefined
        : 'a job is paused only after that number of failures since it was resumed';
      const paused = { ...taken, job: 'paused' as const };
      const leaves = flaws.includes('a pause leaves the due occurrences');
      return [go('pauses the job', leaves ? paused : cancelDue(paused), idle, { breaks }), dies];
    }
    case 'carries':
      return [go('makes executions of its reports', send(state, follower.reports), idle), dies];
  }
}

/** `takeBack` of the due occurrences that no worker has claimed, whose rows are locked. */
const cancelDue = (state: FailuresState): FailuresState => ({
  ...state,
  executions: state.executions.map((end) => (end === 'open' ? 'CANCELLED' : end)),
});

/** `makeSendCallbacks`. Reports of a deleted job are dropped. */
function send(state: FailuresState, reports: readonly Report[]): FailuresState {
  if (state.job === 'deleted') return state;
  const made = reports.map((one): Callback => ({ ...one, status: 'open' }));
  return { ...state, callbacks: [...state.callbacks, ...made] };
}

/** A callback ends. The condition of the trigger leaves it out. */
function callbackSteps(state: FailuresState, flaws: readonly FailuresFlaw[]): FailuresStep[] {
  const place = state.callbacks.findIndex(({ status }) => status === 'open');
  const callback = state.callbacks[place];
  if (callback === undefined) return [];
  const ended = (status: 'SUCCESS' | 'FAILED'): FailuresState => ({
    ...state,
    callbacks: state.callbacks.with(place, { ...callback, status }),
  });
  const failed = flaws.includes('a callback that fails is reported')
    ? report(ended('FAILED'), { event: 'failed', origin: 'a callback' })
    : ended('FAILED');
  return [
    { what: 'a callback ends SUCCESS', by: 'progress', to: ended('SUCCESS') },
    { what: 'a callback ends FAILED', by: 'progress', to: failed },
  ];
}

/** The trigger `follow_changed_job` belongs to the statement of the change. */
function ownerSteps(state: FailuresState, flaws: readonly FailuresFlaw[]): FailuresStep[] {
  const owner = (what: string, to: FailuresState): FailuresStep => ({ what, by: 'owner', to });
  const { job, failing, resumes } = state;
  if (job === 'deleted') return [];
  const gone = owner('the owner deletes the job', {
    ...state,
    job: 'deleted',
    failing: undefined,
    mustBeginNone: false,
  });
  if (job === 'active') return [owner('the owner pauses the job', { ...state, job: 'paused' }), gone];
  if (resumes === 0) return [gone];
  const mustPause = flaws.includes('a resume leaves the mark') && failing?.mustPause === true;
  const begun = failing && { ...failing, beforeResume: failing.count, mustPause };
  const resumed = {
    ...state,
    job: 'active' as const,
    failing: begun,
    resumes: resumes - 1,
    mustBeginNone: false,
  };
  return [owner('the owner resumes the job', resumed), gone];
}
