import { type FailuresState, PAUSE_AFTER, type Report } from './state.ts';

type Rule = { name: string; isKept: (state: FailuresState) => boolean };

const reportsIn = ({ pending, callbacks, followers }: FailuresState): readonly Report[] => [
  ...pending,
  ...callbacks,
  ...followers.flatMap((follower) => (follower.at === 'carries' ? follower.reports : [])),
];

const countOf = (state: FailuresState, event: Report['event'], origin: number): number =>
  reportsIn(state).filter((report) => report.event === event && report.origin === origin).length;

/** The failures at the end of the executions up to the last failed one. A cancelled execution does not count. */
function runOfFailures({ executions, failing }: FailuresState): number {
  const upTo = executions.slice(0, (failing?.last ?? -1) + 1).filter((end) => end !== 'CANCELLED');
  return upTo.length - 1 - upTo.findLastIndex((end) => end !== 'FAILED');
}

/** The rules that hold in every state. */
export const failuresRules: readonly Rule[] = [
  {
    name: 'no callback causes a callback',
    isKept: (state) => reportsIn(state).every(({ origin }) => origin !== 'a callback'),
  },
  {
    name: 'each failure has exactly one report, until its job is deleted',
    isKept: (state) =>
      state.executions.every((end, place) => {
        const reports = countOf(state, 'failed', place);
        return state.job === 'deleted' ? reports <= 1 : reports === (end === 'FAILED' ? 1 : 0);
      }),
  },
  {
    name: 'a recovery is reported at most once, and only a success is one',
    isKept: (state) =>
      state.executions.every(
        (end, place) => countOf(state, 'recovered', place) <= (end === 'SUCCESS' ? 1 : 0),
      ),
  },
  {
    name: 'the count is the run of failures, if the executions ended in their order',
    isKept: (state) =>
      !state.isInOrder || state.failing === undefined || state.failing.count === runOfFailures(state),
  },
];

/** No work is left, the last recovery is reported, and a job with this number of failures is paused. */
export const goodEndOfFailures: Rule = {
  name: 'in the end every report is sent, no recovery is left, and the job is paused if it failed so often',
  isKept: ({ job, executions, failing, pending, callbacks }) => {
    if (pending.length > 0 || callbacks.some(({ status }) => status === 'open')) return false;
    if (failing === undefined) return true;
    if (executions.includes('SUCCESS', failing.last + 1)) return false;
    return job !== 'active' || failing.count - failing.beforeResume < PAUSE_AFTER;
  },
};
