import { formatCount } from '../../time/format.ts';

const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

/** The number of a cell, in which four digits fit: `2,676`, or `12.4K`. */
export const shortCount = (count: number): string =>
  count < 10_000 ? formatCount(count) : compact.format(count);
