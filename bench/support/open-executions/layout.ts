import type { ClaimRequest } from '../../../lib/db/claim-executions.ts';
import type { NewExecution } from '../../../lib/db/dispatch-executions.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import type { ExecutionOutcome } from '../../../lib/db/record-outcomes.ts';

export type Execution = { id: number; jobId: number; executionTime: Date };

/** One way to store executions: its changes of the schema, and the three statements of an execution's life. */
export type Layout = {
  name: string;
  /** Runs once, after the migrations and before any row is stored. */
  schema: string;
  /** A column that this layout adds, and its value in the loaded history, as SQL. */
  endedColumn?: { name: string; value: string };
  /** The table that holds open executions. */
  openTable: 'job_executions' | 'open_executions';
  insert: (pool: Pool, executions: readonly NewExecution[], now: Date) => Promise<Execution[]>;
  /** Returns how many were claimed. */
  claim: (pool: Pool, request: ClaimRequest) => Promise<number>;
  /** Returns how many were recorded. */
  record: (pool: Pool, outcomes: readonly ExecutionOutcome[], now: Date) => Promise<number>;
};

/** The columns of outcomes, in the order in which the statements of the layouts take them. */
export const outcomeColumns = (outcomes: readonly ExecutionOutcome[]): unknown[] => [
  outcomes.map((outcome) => outcome.id),
  outcomes.map((outcome) => outcome.claimToken),
  outcomes.map((outcome) => outcome.status),
  outcomes.map((outcome) => outcome.durationMs),
  outcomes.map((outcome) => outcome.errorMessage),
  outcomes.map((outcome) => outcome.dueAt),
];
