import type { Queryable } from '../db/pool.ts';

/** Something that is not as promised. It names ids and instants; bodies, headers and messages never. */
export type Finding = {
  jobId?: number | undefined;
  executionId?: number | undefined;
  executionTime?: Date | undefined;
  detail: string;
};

export type AuditSettings = {
  now: Date;
  /** Executions, and occurrences, of times from here on … */
  since: Date;
  /** … and before this are looked at. What is open is looked at in any case. */
  until: Date;
  /** What is due, be it a schedule or an execution, is served within this. */
  overdueMs: number;
  /** What a vanished worker holds is freed within this of the end of its lease. */
  leaseGraceMs: number;
  lookAheadMs: number;
  misfireAfterMs: number;
  /** A rule stops when it has found so many. */
  maxFindings: number;
  /** A rule stops when it has read so many rows. */
  maxRows: number;
  /** Rows a statement reads at most. */
  rowsPerPage: number;
};

export type Report = {
  finding: (finding: Finding) => void;
  /** One that a change of its job since may explain: it is counted, and that is all. */
  undecided: () => void;
  read: (rows: number) => void;
  /** The rule did not come to its end. */
  stop: () => void;
  /** Whether it has found, or read, as much as it may; the rule must end then, and has stopped. */
  isFull: () => boolean;
};

export type AuditRule = {
  name: string;
  /** What holds when it finds nothing. */
  promise: string;
  /** @param tx a snapshot of its own, read only. */
  check: (tx: Queryable, settings: AuditSettings, report: Report) => Promise<void>;
};

export type RuleResult = {
  name: string;
  promise: string;
  findings: Finding[];
  rowsRead: number;
  undecided: number;
  /** False when it stopped at a limit: there may be more. */
  isComplete: boolean;
  durationMs: number;
};

export function makeReport(limits: Pick<AuditSettings, 'maxFindings' | 'maxRows'>): {
  report: Report;
  result: () => Pick<RuleResult, 'findings' | 'rowsRead' | 'undecided' | 'isComplete'>;
} {
  const findings: Finding[] = [];
  let rowsRead = 0;
  let undecided = 0;
  let isComplete = true;
  const stop = (): void => {
    isComplete = false;
  };
  return {
    report: {
      finding: (finding) => (findings.length < limits.maxFindings ? findings.push(finding) : stop()),
      undecided: () => (undecided += 1),
      read: (rows) => (rowsRead += rows),
      stop,
      isFull: () => {
        if (findings.length >= limits.maxFindings || rowsRead >= limits.maxRows) stop();
        return !isComplete;
      },
    },
    result: () => ({ findings, rowsRead, undecided, isComplete }),
  };
}
