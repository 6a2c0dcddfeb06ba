export type Segment = { fromMs: number; untilMs: number; left: number; right: number };

export type Scale = {
  /** One segment, or two that meet at the present: the past and the future by scales of their own. */
  segments: readonly Segment[];
  x: (atMs: number) => number;
};

/** Sides whose lengths differ by more get scales of their own. */
const MAX_RATIO = 4;
/** The share of a side that is much shorter, or empty. */
const LEAST_SHARE = 0.2;
const EMPTY_SHARE = 0.08;
const LEAST_SPAN_MS = 1_000;

const between = (atMs: number, { fromMs, untilMs, left, right }: Segment): number =>
  left + ((atMs - fromMs) / (untilMs - fromMs)) * (right - left);

/**
 * Places instants on a line. The past and the future share one scale where they are about as long; otherwise a job that was
 * created a minute ago would have all its runs in one point.
 */
export function makeScale(
  span: { fromMs: number | undefined; nowMs: number; untilMs: number | undefined },
  { left, right }: { left: number; right: number },
): Scale {
  const { nowMs } = span;
  const pastMs = Math.max(LEAST_SPAN_MS, nowMs - (span.fromMs ?? nowMs));
  const futureMs = Math.max(LEAST_SPAN_MS, (span.untilMs ?? nowMs) - nowMs);
  const isPastEmpty = span.fromMs === undefined || span.fromMs >= nowMs;
  const isFutureEmpty = span.untilMs === undefined || span.untilMs <= nowMs;
  const ratio = pastMs / futureMs;
  const width = right - left;
  if (!isPastEmpty && !isFutureEmpty && ratio <= MAX_RATIO && ratio >= 1 / MAX_RATIO) {
    const segment = { fromMs: nowMs - pastMs, untilMs: nowMs + futureMs, left, right };
    return { segments: [segment], x: (atMs) => between(atMs, segment) };
  }
  const joint = left + width * shareOfPast(isPastEmpty, isFutureEmpty, ratio);
  const past = { fromMs: nowMs - pastMs, untilMs: nowMs, left, right: joint };
  const future = { fromMs: nowMs, untilMs: nowMs + futureMs, left: joint, right };
  return {
    segments: [...(isPastEmpty ? [] : [past]), ...(isFutureEmpty ? [] : [future])],
    x: (atMs) => between(atMs, atMs < nowMs ? past : future),
  };
}

function shareOfPast(isPastEmpty: boolean, isFutureEmpty: boolean, ratio: number): number {
  if (isPastEmpty) return EMPTY_SHARE;
  if (isFutureEmpty) return 1 - EMPTY_SHARE;
  const share = ratio / (1 + ratio);
  return Math.min(1 - 2 * LEAST_SHARE, Math.max(2 * LEAST_SHARE, share));
}
