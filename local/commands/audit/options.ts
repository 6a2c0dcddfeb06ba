import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { AuditSettings } from '../../../lib/audit/rule.ts';
import { timings } from '../../../lib/topology.ts';

export const usage = `npm run audit:database -- [options]

  --database-url URL       postgresql://… ; otherwise DATABASE_URL of the environment, which no list of processes shows
  --redis-url URL          redis://… : compare the queue too. Only while nothing is due: what goes on shows
  --since, --until ISO     look at executions of times from here on, and before; the last 24 hours
  --overdue-minutes N      what is due is to be served within this; 5
  --limit N                findings of a rule, at most; 100
  --max-rows N             rows that a rule reads, at most; 10000000
  --statement-timeout N    seconds a statement may take; 30
  --json                   one JSON document instead of lines
  --help`;

const DAY_MS = 86_400_000;
/** EventBridge Scheduler may be a minute late with the tick that frees a claim. */
const TICK_LATENESS_MS = 60_000;

const instant = z.iso.datetime({ offset: true, error: 'is no instant such as 2030-03-04T10:00:00Z' });
const count = (max: number) => z.coerce.number().pipe(z.int().min(1).max(max));

const optionsSchema = z.object({
  'database-url': z.url({
    protocol: /^postgres(ql)?$/,
    error: 'is to be given as postgresql://…, or in DATABASE_URL',
  }),
  'redis-url': z.url({ protocol: /^(rediss?|unix)$/, error: 'is to be redis://…' }).optional(),
  since: instant.optional(),
  until: instant.optional(),
  'overdue-minutes': count(1_440).default(5),
  limit: count(100_000).default(100),
  'max-rows': count(1_000_000_000).default(10_000_000),
  'statement-timeout': count(3_600).default(30),
});

export type AuditOptions = {
  databaseUrl: string;
  redisUrl: string | undefined;
  statementTimeoutMs: number;
  isJson: boolean;
  settings: AuditSettings;
};

export class UsageError extends Error {}

/**
 * @returns undefined when help is asked for.
 * @throws UsageError that names each wrong option, and no value: a URL has a password.
 */
export function readOptions(
  args: string[],
  env: Record<string, string | undefined>,
  now: Date,
): AuditOptions | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const parsed = optionsSchema.safeParse({
    ...values,
    'database-url': values['database-url'] ?? env.DATABASE_URL,
  });
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`);
    throw new UsageError(problems.join('\n'));
  }
  const options = parsed.data;
  const until = options.until === undefined ? now : new Date(options.until);
  const since = options.since === undefined ? new Date(until.getTime() - DAY_MS) : new Date(options.since);
  if (since >= until) throw new UsageError('--since must be before --until');
  return {
    databaseUrl: options['database-url'],
    redisUrl: options['redis-url'],
    statementTimeoutMs: options['statement-timeout'] * 1_000,
    isJson: values.json === true,
    settings: {
      now,
      since,
      until,
      overdueMs: options['overdue-minutes'] * 60_000,
      leaseGraceMs: timings.tickIntervalMs + TICK_LATENESS_MS,
      lookAheadMs: timings.lookAheadMs,
      misfireAfterMs: timings.misfireAfterMs,
      maxFindings: options.limit,
      maxRows: options['max-rows'],
      rowsPerPage: 2_000,
    },
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        'database-url': { type: 'string' },
        'redis-url': { type: 'string' },
        since: { type: 'string' },
        until: { type: 'string' },
        'overdue-minutes': { type: 'string' },
        limit: { type: 'string' },
        'max-rows': { type: 'string' },
        'statement-timeout': { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch {
    // Without the cause, which repeats the word it does not know: that may be a URL, with its password.
    throw new UsageError('there is an option that is not known, or one that lacks its value');
  }
}
