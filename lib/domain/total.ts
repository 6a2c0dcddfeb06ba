/** Counting stops at this number of items, so that a count costs no more than some pages. */
export const MAX_TOTAL = 10_000;

/** The number of items of a list. If it is capped, the list has at least this number of items. */
export type Total = { count: number; isCapped: boolean };

/** Makes a total from a count that was stopped at one more than the maximum. */
export const toTotal = (count: number): Total => ({
  count: Math.min(count, MAX_TOTAL),
  isCapped: count > MAX_TOTAL,
});
