import type { Gap } from '../../domain/expected-times.ts';

export function describeGap({ count, lastMs }: Gap): string {
  const more =
    count === 1 ? '' : `, and neither have ${count - 1} more up to ${new Date(lastMs).toISOString()}`;
  return `it has no execution${more}`;
}
