import type { Queryable } from '../db/pool.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';

/** A broken promise. It contains ids and instants, and never bodies, headers or error messages. */
export type Finding = {
  jobId?: number | undefined;
  executionId?: number | undefined;
  executionTime?: Date | undefined;
  detail: string;
};

export type AuditSettings = {
  now: Date;
  /** The start of the window (inclusive). Executions and occurrences in it are checked; open executions always are. */
  since: Date;
  /** The end of the window (exclusive). */
  until: Date;
  /** A due schedule or execution that waits longer than this is a finding. */
  overdueMs: number;
  /** The executions of a worker that vanished are freed within this time after its lease ends. */
  leaseGraceMs: number;
  lookAheadMs: number;
  misfireAfterMs: number;
  /** A rule stops after this many findings. */
  maxFindings: number;
  /** A rule stops after reading this many rows. */
  maxRows: number;
  /** The maximum number of rows that a statement reads. */
  rowsPerPage: number;
  /** The journal of an observer, such as a test with faults. Undefined: the rules know only the database. */
  journal?: AuditJournal | undefined;
};

/**
 * A record of requests that an observer of Belfry kept. With it, rules decide cases that the database alone leaves open: no change of
 * a job that it observed touched its type, retries, age or targets of reports.
 */
export type AuditJournal = { occurrences: readonly KnownOccurrences[] };

/** A job has every occurrence of its schedule from `firstMs` to before `toMs`, and no execution at any other time. */
export type KnownOccurrences = {
  jobId: number;
  schedule: Schedule;
  isRecurring: boolean;
  firstMs: number;
  toMs: number;
};

export type Report = {
  finding: (finding: Finding) => void;
  /** Counts a case that a later change of the job may explain. It is not reported as a finding. */
  undecided: () => void;
  read: (rows: number) => void;
  /** Marks the result as incomplete: the rule did not check everything. */
  stop: () => void;
  /**
   * Tells whether the rule has reached its limit of findings or rows. The rule must then end; its result is incomplete.
   */
  isFull: () => boolean;
};

export type AuditRule = {
  name: string;
  /** A sentence that is true when the rule finds nothing. */
  promise: string;
  /** @param tx a read-only transaction on a snapshot. */
  check: (tx: Queryable, settings: AuditSettings, report: Report) => Promise<void>;
};

export type RuleResult = {
  name: string;
  promise: string;
  findings: Finding[];
  rowsRead: number;
  undecided: number;
  /** False when the rule stopped at a limit, so there may be more findings. */
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
