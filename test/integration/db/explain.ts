import type { QueryConfig } from 'pg';
import * as z from 'zod';
import type { Queryable } from '../../../lib/db/pool.ts';
import { begin } from './fixture.ts';

export const planModes = ['force_custom_plan', 'force_generic_plan'] as const;
export type PlanMode = (typeof planModes)[number];

type PlanNode = {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Name'?: string | undefined;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number | undefined;
  'Rows Removed by Index Recheck'?: number | undefined;
  'Rows Removed by Join Filter'?: number | undefined;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[] | undefined;
};

const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Index Name': z.string().optional(),
    'Actual Rows': z.number(),
    'Actual Loops': z.number(),
    'Rows Removed by Filter': z.number().optional(),
    'Rows Removed by Index Recheck': z.number().optional(),
    'Rows Removed by Join Filter': z.number().optional(),
    'Shared Hit Blocks': z.number(),
    'Shared Read Blocks': z.number(),
    Plans: z.array(planNode).optional(),
  }),
);
const explained = z.tuple([z.object({ Plan: planNode, 'Planning Time': z.number() })]);

export type Plan = {
  text: string;
  /** Whether the driver prepares the statement, so that the server may keep its plan. */
  isKept: boolean;
  /** Sequential scans of Belfry's tables that read at least one row, by table. */
  seqScans: string[];
  /** The indexes of executions that were read, without the name of the partition. */
  executionIndexes: string[];
  /** Rows that scans of Belfry's tables read, including rows that a filter dropped. */
  rowsRead: number;
  /** The rows of executions among them. */
  executionsRead: number;
  /** Pairs of rows that a join compared without a match. */
  rowsJoinedInVain: number;
  /** Number of blocks read. */
  buffers: number;
  /** Scans of partitions of the executions in the plan, whether they were run or not. Each takes about 0.1 ms to plan. */
  partitionScans: number;
};

/**
 * The plans of the statements that `run` sends, executed under the mode in a transaction that is rolled back; `prepare` runs
 * before, in the same transaction.
 */
export async function explain(
  mode: PlanMode,
  run: (tx: Queryable) => Promise<unknown>,
  prepare: (tx: Queryable) => Promise<unknown> = async () => {},
): Promise<Plan[]> {
  const { tx } = await begin();
  await prepare(tx);
  const statements = await capture(tx, run);
  const plans: Plan[] = [];
  for (const { isNamed, text, values } of statements) {
    // The driver prepares named statements; any other statement is planned for its values each time.
    await tx.query(`set local plan_cache_mode = ${isNamed ? mode : 'force_custom_plan'}`);
    // EXPLAIN of a statement with values always plans for these values; only EXECUTE obeys the mode.
    await tx.query(`prepare explained as ${text}`);
    const list = values.length === 0 ? '' : `(${values.map(toLiteral).join(', ')})`;
    await tx.query('savepoint untouched');
    const { rows } = await tx.query<{ 'QUERY PLAN': unknown }>(
      `explain (analyze, buffers, format json) execute explained${list}`,
    );
    await tx.query('rollback to untouched; deallocate explained');
    const [{ Plan: root }] = explained.parse(rows[0]?.['QUERY PLAN']);
    plans.push({ text, isKept: isNamed, ...summarise(root) });
  }
  return plans;
}

type Statement = { isNamed: boolean; text: string; values: unknown[] };

async function capture(tx: Queryable, run: (tx: Queryable) => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = [];
  await tx.query('savepoint untouched');
  await run({
    query: (statement: string | QueryConfig, values?: unknown[]) => {
      statements.push(
        typeof statement === 'string'
          ? { isNamed: false, text: statement, values: values ?? [] }
          : { isNamed: statement.name !== undefined, text: statement.text, values: statement.values ?? [] },
      );
      return tx.query(statement, values);
    },
  });
  await tx.query('rollback to untouched');
  return statements;
}

function toLiteral(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    return `'{${items.map((item) => (item === null ? 'null' : `"${toText(item).replaceAll('"', '\\"')}"`)).join(',')}}'`;
  }
  return `'${toText(value)}'`;
}

function toText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function summarise(root: PlanNode): Omit<Plan, 'text' | 'isKept'> {
  const nodes = flatten(root);
  // The catalogs of PostgreSQL are small. How they are read depends on when autovacuum last analysed them.
  const scans = nodes.filter(
    (node) => node['Node Type'].endsWith('Scan') && !(node['Relation Name'] ?? 'pg_').startsWith('pg_'),
  );
  const readBy = (node: PlanNode) =>
    node['Actual Loops'] *
    (node['Actual Rows'] +
      (node['Rows Removed by Filter'] ?? 0) +
      (node['Rows Removed by Index Recheck'] ?? 0));
  const sum = (numbers: number[]) => Math.round(numbers.reduce((total, number) => total + number, 0));
  return {
    seqScans: scans
      .filter((node) => node['Node Type'] === 'Seq Scan' && readBy(node) > 0)
      .map((node) => node['Relation Name'] ?? ''),
    executionIndexes: [
      ...new Set(
        nodes
          .filter((node) => node['Actual Loops'] > 0)
          .map((node) => /^job_executions_(?:p\d{8}|default)_(.*)$/.exec(node['Index Name'] ?? '')?.[1] ?? '')
          .filter((name) => name !== ''),
      ),
    ],
    rowsRead: sum(scans.map(readBy)),
    executionsRead: sum(
      scans.filter((node) => node['Relation Name']?.startsWith('job_executions_') === true).map(readBy),
    ),
    rowsJoinedInVain: sum(
      nodes.map((node) => node['Actual Loops'] * (node['Rows Removed by Join Filter'] ?? 0)),
    ),
    buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    partitionScans: scans.filter((node) => node['Relation Name']?.startsWith('job_executions_') === true)
      .length,
  };
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
