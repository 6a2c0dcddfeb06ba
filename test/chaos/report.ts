import type { Measurement } from './recovery/scene.ts';
import type { RunResult } from './run.ts';

/** Describes a run and its results, line by line. */
export function describeRun(result: RunResult): string[] {
  const { journal, storm, points, notes } = result;
  const kinds = Map.groupBy(storm.injected, ({ kind }) => kind);
  const reached = points.filter(({ kills }) => kills > 0);
  const statuses = Map.groupBy(journal.executions, ({ status }) => status);
  const answers = Map.groupBy(journal.answers, ({ status }) => String(status ?? 'none'));
  const operations = Map.groupBy(journal.storedOperations, ({ state }) => state);
  const acknowledged = journal.jobs.filter(({ answer }) => answer.kind === 'acknowledged').length;
  return [
    `${storm.injected.length} faults injected (${storm.missed} more could not be injected):`,
    ...[...kinds].map(([kind, faults]) => `  ${String(faults.length).padStart(5)}  ${kind}`).sort(byWord),
    `environments killed at ${reached.length} of ${points.length} points`,
    ...points.filter(({ kills }) => kills === 0).map(({ point }) => `  not hit: ${point}`),
    `${journal.jobs.length} jobs requested, ${acknowledged} acknowledged; answers of the API: ${countAll(answers)}`,
    `${journal.executions.length} executions: ${countAll(statuses)}`,
    `${count(journal.executions, ({ trigger }) => trigger === 'CALLBACK')} reports, ` +
      `${count(journal.stored, ({ pausedByRuleMs }) => pausedByRuleMs !== undefined)} jobs paused for their failures, ` +
      `${count(journal.jobs, ({ isTemporary }) => isTemporary)} jobs to be deleted when they have finished`,
    `${journal.storedOperations.length} operations on ${journal.bulkJobs.length} jobs: ${countAll(operations)}`,
    `${journal.administration.signingKeys.length} signing keys and ${journal.administration.apiKeys.length} API keys created, ` +
      `${journal.administration.redrives.length} groups of failures repeated twice at once`,
    `${journal.requests.length} requests reached the targets; ${journal.transitions.length} transitions logged`,
    ...notes,
  ];
}

export function describeViolations({ violations }: RunResult, seed: number): string[] {
  if (violations.length === 0) return [`no violation (seed ${seed})`];
  const rules = Map.groupBy(violations, ({ rule }) => rule);
  return [
    `${violations.length} violations (seed ${seed}):`,
    ...[...rules].flatMap(([rule, broken]) => [
      `  ${rule}: ${broken.length}`,
      ...broken.slice(0, SHOWN).map(({ detail }) => `    ${detail}`),
      ...(broken.length > SHOWN ? [`    and ${broken.length - SHOWN} more`] : []),
    ]),
  ];
}

export function describeMeasurements(measurements: readonly Measurement[]): string[] {
  const rows = [
    ['', 'n', 'measured', 'bound', ''],
    ...measurements.map(({ what, n, measured, bound, holds }) => [
      what,
      String(n),
      measured,
      bound,
      holds ? 'holds' : 'BROKEN',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const SHOWN = 20;

const count = <T>(all: readonly T[], is: (one: T) => boolean): number => all.filter(is).length;

const countAll = (groups: Map<string, unknown[]>): string =>
  [...groups].map(([name, all]) => `${all.length} ${name}`).join(', ');

const byWord = (a: string, b: string): number => (a.slice(7) < b.slice(7) ? -1 : 1);
