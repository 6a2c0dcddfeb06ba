import type { Step } from '../protocol.ts';
import {
  type Caller,
  type Found,
  idleCaller,
  type Place,
  type RepetitionsFlaw,
  type RepetitionsState,
} from './state.ts';

type RepetitionsStep = Step<RepetitionsState>;

export const REFUSED_FOR_AN_OPEN_ONE = 'a caller is refused only because of a repetition that was open';

/** Every step that can come next. */
export function repetitionsSteps(
  state: RepetitionsState,
  flaws: readonly RepetitionsFlaw[],
): RepetitionsStep[] {
  return [...callerSteps(state, 0, flaws), ...callerSteps(state, 1, flaws), ...endSteps(state)];
}

/** A worker ends a repetition. */
function endSteps(state: RepetitionsState): RepetitionsStep[] {
  return state.open.map((_, index) => ({
    what: 'a repetition ends',
    by: 'progress',
    to: { ...state, open: state.open.toSpliced(index, 1), hasEnded: true },
  }));
}

function putCaller(state: RepetitionsState, place: Place, caller: Caller): RepetitionsState {
  const [first, second] = state.callers;
  return { ...state, callers: place === 0 ? [caller, second] : [first, caller] };
}

/** FIND_OPEN_REPETITIONS, in a statement of its own. */
function look({ open, hasEnded }: RepetitionsState, flaws: readonly RepetitionsFlaw[]): Found {
  const isOpen = open.length > 0;
  const isMissed = flaws.includes('a caller does not look for a repetition that is open');
  const isSeenLater = hasEnded && flaws.includes('a repetition that has ended refuses others');
  return { one: (isOpen && !isMissed) || isSeenLater, isOpen };
}

/** `makeRetryExecution`, and `findToRedrive` with the insert that follows it. A caller may die between two of its steps. */
function callerSteps(
  state: RepetitionsState,
  place: Place,
  flaws: readonly RepetitionsFlaw[],
): RepetitionsStep[] {
  const caller = state.callers[place];
  const go = (what: string, to: RepetitionsState, next: Caller): RepetitionsStep => ({
    what: `caller ${place + 1} ${what}`,
    by: 'progress',
    to: putCaller(to, place, next),
  });
  const released: RepetitionsState = state.lockedBy === place ? { ...state, lockedBy: undefined } : state;
  /** PostgreSQL rolls the transaction back. */
  const dies: RepetitionsStep = {
    ...go('dies', flaws.includes('a caller that dies keeps its lock') ? state : released, idleCaller),
    by: 'fault',
  };
  const takesLock = !flaws.includes('a caller takes no lock');
  const canLock = state.lockedBy === undefined || !takesLock;
  const locked: RepetitionsState = takesLock ? { ...state, lockedBy: place } : state;

  switch (caller.at) {
    case 'idle': {
      if (state.calls === 0) return [];
      const begun = { ...state, calls: state.calls - 1 };
      const early: Caller = { at: 'waits, has looked', found: look(state, flaws) };
      const next = flaws.includes('a caller looks before it has the lock') ? early : { at: 'waits' as const };
      return [
        { ...go('begins', begun, next), by: 'owner' },
        { ...go('begins by force', begun, { at: 'has written', isForced: true }), by: 'owner' },
      ];
    }
    case 'waits':
      return [...(canLock ? [go('gets the lock', locked, { at: 'holds the lock' })] : []), dies];
    case 'waits, has looked': {
      const { found } = caller;
      return [...(canLock ? [go('gets the lock', locked, { at: 'has looked', found })] : []), dies];
    }
    case 'holds the lock':
      return [go('looks', state, { at: 'has looked', found: look(state, flaws) }), dies];
    case 'has looked': {
      const { one, isOpen } = caller.found;
      if (one) {
        const breaks = isOpen ? undefined : REFUSED_FOR_AN_OPEN_ONE;
        return [{ ...go('is refused', released, idleCaller), breaks }, dies];
      }
      const isEarly = flaws.includes('the lock ends before the repetition is committed');
      const written = go('writes a repetition', isEarly ? released : state, {
        at: 'has written',
        isForced: false,
      });
      return [written, dies];
    }
    case 'has written': {
      const { isForced } = caller;
      const committed = { ...released, open: [...released.open, { isForced }] };
      return [go('commits', committed, idleCaller), dies];
    }
  }
}
