/** Counts answers, so that a run shows that each operation had successful requests, not only refusals. */
export type Tally = {
  count: (operation: string, status: number) => void;
  lines: () => string[];
  /** Returns the operations that never succeeded or were never refused. */
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
        ...(has(operation, 200, 299) ? [] : [`${operation} never succeeded`]),
        ...(has(operation, 400, 499) ? [] : [`${operation} was never refused`]),
      ]),
  };
}
