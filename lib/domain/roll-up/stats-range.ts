import { DAY_MS } from '../day.ts';
import { ValidationError } from '../errors.ts';
import { keptDays, keptFromMs, periodsSeconds, startOfPeriod, type PeriodSeconds } from './periods.ts';

/** Maximum number of points of an answer: seven days by steps of 5 minutes. */
export const MAX_POINTS = 2_016;
/** Maximum number of periods that an answer is computed from: seven days of minutes. */
const MAX_PERIODS = 10_080;
const DEFAULT_RANGE_MS = DAY_MS;

/** A range of whole steps. Steps begin at multiples of their length in UTC. */
export type StatsRange = {
  fromMs: number;
  /** The end of the last step. */
  toMs: number;
  stepSeconds: number;
  /** The periods that the steps consist of. */
  periodSeconds: PeriodSeconds;
};

type Asked = { fromMs: number | undefined; toMs: number | undefined; stepSeconds: number | undefined };

/**
 * Returns the range that was asked for, widened to whole steps. It ends with the step that contains now, because later steps
 * would be empty. By default it is the last 24 hours.
 *
 * @throws ValidationError when the range is empty, too long for its step, or older than the counts that are kept.
 */
export function planStatsRange(
  { fromMs, toMs: askedToMs, stepSeconds: askedStep }: Asked,
  nowMs: number,
): StatsRange {
  const endMs = Math.min(askedToMs ?? nowMs, nowMs);
  const startMs = fromMs ?? endMs - DEFAULT_RANGE_MS;
  if (startMs >= nowMs)
    throw invalid('from', 'is in the future; the statistics end now, so send an earlier instant');
  if (startMs >= endMs) throw invalid('to', 'must be later than from; send a later to, or an earlier from');

  const stepSeconds = askedStep ?? stepFor(endMs - startMs);
  const periodSeconds = periodsSeconds.findLast((seconds) => stepSeconds % seconds === 0);
  if (periodSeconds === undefined)
    throw invalid('step', 'must be a multiple of 60 seconds, such as 1m, 5m, 1h, 1d or 120');
  const toMs = startOfPeriod(endMs - 1, stepSeconds) + stepSeconds * 1_000;
  const range = { fromMs: startOfPeriod(startMs, stepSeconds), toMs, stepSeconds, periodSeconds };

  const points = (range.toMs - range.fromMs) / (stepSeconds * 1_000);
  if (points > MAX_POINTS)
    throw invalid(
      'step',
      `gives ${points} points, and at most ${MAX_POINTS} are possible; use a longer step`,
    );
  if (range.fromMs < keptFromMs(periodSeconds, nowMs)) {
    throw invalid(
      'from',
      `is too early for a step of ${stepSeconds} s, which is computed from periods of ${periodSeconds} s, and these are kept for ${keptDays[periodSeconds]} days; use a later from${periodSeconds < 3_600 ? ', or a step of 1h or 1d' : ''}`,
    );
  }
  if ((range.toMs - range.fromMs) / (periodSeconds * 1_000) > MAX_PERIODS) {
    throw invalid(
      'step',
      `is computed from periods of ${periodSeconds} s, and at most ${MAX_PERIODS} of them can be read; use a multiple of 5m, 1h or 1d`,
    );
  }
  return range;
}

const invalid = (field: string, message: string) => new ValidationError([{ field, message }]);

/** The shortest usual step that gives a few hundred points at most. */
function stepFor(rangeMs: number): number {
  if (rangeMs <= DAY_MS / 4) return 60;
  if (rangeMs <= 2 * DAY_MS) return 300;
  return rangeMs <= 31 * DAY_MS ? 3_600 : 86_400;
}
