import type { Execution } from './client.ts';

const WIDTHS = { name: 12, status: 8 };
/** The statuses to show. RUNNING is not shown, because an execution is claimed up to two seconds before its request is sent. */
const OUTCOMES: ReadonlySet<Execution['status']> = new Set(['SUCCESS', 'RETRYING', 'FAILED']);

/** Makes a function that returns one line for each change in a job's history since its last call, oldest first. */
export function makeFollower(name: string): (history: readonly Execution[]) => string[] {
  const seen = new Map<number, string>();
  return (history) =>
    history
      .toSorted((a, b) => Date.parse(a.executionTime) - Date.parse(b.executionTime))
      .flatMap((execution) => {
        const state = `${execution.status} ${execution.retryCount}`;
        if (seen.get(execution.id) === state) return [];
        seen.set(execution.id, state);
        return OUTCOMES.has(execution.status) ? [lineOf(name, execution)] : [];
      });
}

function lineOf(name: string, execution: Execution): string {
  const { status, executionTime, executionDuration, retryCount, errorMessage, updatedAt } = execution;
  const doneMs = Date.parse(updatedAt);
  const columns = [
    new Date(doneMs).toISOString().slice(11, 23),
    name.padEnd(WIDTHS.name),
    status.padEnd(WIDTHS.status),
  ];
  const durationMs = executionDuration ?? 0;
  // Omits the lateness of a retry, which includes its backoff.
  if (retryCount === 0)
    columns.push(`${Math.max(0, doneMs - durationMs - Date.parse(executionTime))} ms late`);
  columns.push(`took ${durationMs} ms`);
  if (retryCount > 0) columns.push(`retry ${retryCount}`);
  if (errorMessage !== null && status !== 'SUCCESS') columns.push(errorMessage);
  return columns.join('  ');
}
