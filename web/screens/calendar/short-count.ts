const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });

/** The number of a cell, in which four digits fit. */
export const shortCount = (count: number): string => (count < 10_000 ? String(count) : compact.format(count));
