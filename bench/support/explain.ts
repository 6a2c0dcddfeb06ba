import type { QueryConfig } from 'pg';
import * as z from 'zod';
import type { Queryable } from '../../lib/db/pool.ts';

type PlanNode = {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Name'?: string | undefined;
  'Actual Rows'?: number | undefined;
  'Actual Loops'?: number | undefined;
  'Rows Removed by Filter'?: number | undefined;
  'Shared Hit Blocks'?: number | undefined;
  'Shared Read Blocks'?: number | undefined;
  Plans?: PlanNode[] | undefined;
};

const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Index Name': z.string().optional(),
    'Actual Rows': z.number().optional(),
    'Actual Loops': z.number().optional(),
    'Rows Removed by Filter': z.number().optional(),
    'Shared Hit Blocks': z.number().optional(),
    'Shared Read Blocks': z.number().optional(),
    Plans: z.array(planNode).optional(),
  }),
);

const explained = z.tuple([
  z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planNode, 'Execution Time': z.number() })]) }),
]);

/**
 * Sends each statement as EXPLAIN (ANALYZE, BUFFERS), which runs it but returns no rows, and passes `onPlan` a line about
 * what it read. So each plan is that of a statement that the code sends.
 */
export function explaining(db: Queryable, onPlan: (line: string) => void): Queryable {
  return {
    query: async (statement, values) => {
      const config: QueryConfig = typeof statement === 'string' ? { text: statement } : statement;
      const text = `explain (analyze, buffers, format json) ${config.text}`;
      const answer = await db.query({ text, values: values ?? config.values ?? [] });
      const [{ 'QUERY PLAN': plans }] = explained.parse(answer.rows);
      const name = config.name ?? config.text.trim().split(/\s+/, 2).join(' ');
      onPlan(`${name}: ${describe(plans[0])}`);
      return { ...answer, rows: [], rowCount: 0 };
    },
  };
}

function describe({
  Plan: root,
  'Execution Time': ms,
}: {
  Plan: PlanNode;
  'Execution Time': number;
}): string {
  const buffers = (root['Shared Hit Blocks'] ?? 0) + (root['Shared Read Blocks'] ?? 0);
  const reads = new Map<string, { rows: number; inVain: number; tables: number }>();
  for (const node of scans(root)) {
    const loops = node['Actual Loops'] ?? 0;
    // A partition that was not reached was not read.
    if (loops === 0) continue;
    const key = `${node['Node Type']} ${familyOf(node['Index Name'] ?? node['Relation Name'] ?? '')}`.trim();
    const read = reads.get(key) ?? { rows: 0, inVain: 0, tables: 0 };
    read.rows += (node['Actual Rows'] ?? 0) * loops;
    read.inVain += (node['Rows Removed by Filter'] ?? 0) * loops;
    read.tables += 1;
    reads.set(key, read);
  }
  const read = [...reads].map(([key, { rows, inVain, tables }]) =>
    [
      `${key}${tables > 1 ? ` of ${tables} partitions` : ''}: ${Math.round(rows)} rows`,
      ...(inVain > 0 ? [`${Math.round(inVain)} more read and left out`] : []),
    ].join(' and '),
  );
  return `${ms.toFixed(1)} ms, ${buffers.toLocaleString('en-US')} pages; ${read.join('; ')}`;
}

/** Partitions have one name here, and so have their indexes. */
const familyOf = (name: string): string =>
  name.replace(/^job_executions_(p\d{8}|default)/, 'job_executions_*');

function scans(node: PlanNode): PlanNode[] {
  const below = (node.Plans ?? []).flatMap(scans);
  return node['Node Type'].endsWith('Scan') ? [node, ...below] : below;
}
