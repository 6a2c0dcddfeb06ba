import { formatCount } from '../time/format.ts';

/** A count that may have stopped at a limit, such as `12` or `1,000+`. */
export const cappedCount = ({ count, isCapped }: { count: number; isCapped: boolean }): string =>
  `${formatCount(count)}${isCapped ? '+' : ''}`;
