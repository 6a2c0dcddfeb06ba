/** Counts what was answered, so that a run shows that it reached every operation, and not only its refusals. */
export type Tally = {
  count: (operation: string, status: number) => void;
  lines: () => string[];
  /** Operations that were never served, or never refused. */
  gaps: (operations: readonly string[]) => string[];
};

export function makeTally(): Tally {
  const counts = new Map<string, Map<number, number>>();
  const has = (operation: string, first: number, last: number): boolean =>
    [...(counts.get(operation)?.keys() ?? [])].some((status) => status >= first && status <= last);
  return {
    count: (operation, status) => {
      const ofOperation = counts.get(operation) ?? new Map<number, number>();
      ofOperation.set(status, (ofOperation.get(status) ?? 0) + 1);
      counts.set(operation, ofOperation);
    },
    lines: () =>
      [...counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([operation, statuses]) => {
          const shown = [...statuses]
            .sort(([a], [b]) => a - b)
            .map(([status, count]) => `${status}: ${count}`);
          return `${operation.padEnd(34)} ${shown.join('  ')}`;
        }),
    gaps: (operations) =>
      operations.flatMap((operation) => [
        ...(has(operation, 200, 299) ? [] : [`${operation} was never served`]),
        ...(has(operation, 400, 499) ? [] : [`${operation} was never refused`]),
      ]),
  };
}
