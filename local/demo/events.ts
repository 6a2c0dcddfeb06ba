import type { Execution } from './client.ts';

const WIDTHS = { name: 12, status: 8 };
/** Not what is only dispatched ahead, nor RUNNING: an execution is claimed up to two seconds before its request leaves. */
const OUTCOMES: ReadonlySet<Execution['status']> = new Set(['SUCCESS', 'RETRYING', 'FAILED']);

/** What is new in a job's history since the last look, one line each, the oldest first. */
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
  // A retry is late by its backoff, on purpose.
  if (retryCount === 0)
    columns.push(`${Math.max(0, doneMs - durationMs - Date.parse(executionTime))} ms late`);
  columns.push(`took ${durationMs} ms`);
  if (retryCount > 0) columns.push(`retry ${retryCount}`);
  if (errorMessage !== null && status !== 'SUCCESS') columns.push(errorMessage);
  return columns.join('  ');
}
