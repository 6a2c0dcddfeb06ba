import * as z from 'zod';
import type { AuditSettings } from '../../../lib/audit/rule.ts';
import { timings } from '../../../lib/topology.ts';
import { CommandLineError, readCommandLine } from '../command-line.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

export const auditCommand = {
  name: 'npm run audit:database',
  does: "Checks whether a database fulfils Belfry's guarantees. It only reads.",
  options: {
    'database-url': {
      type: 'string',
      value: 'URL',
      help: 'postgresql://…; by default the variable DATABASE_URL, which other users of the machine cannot see',
    },
    'redis-url': {
      type: 'string',
      value: 'URL',
      help: 'redis://…: compares the queue too. Only while no job is due: work in progress appears as findings',
    },
    since: {
      type: 'string',
      value: 'TIME',
      help: 'checks executions from this time on (ISO 8601); 24 hours ago by default',
    },
    until: { type: 'string', value: 'TIME', help: 'checks executions before this time; now by default' },
    'overdue-minutes': {
      type: 'string',
      value: 'N',
      help: 'minutes that a due execution may wait; 5 by default',
    },
    limit: { type: 'string', value: 'N', help: 'maximum number of findings of a rule; 100 by default' },
    'max-rows': {
      type: 'string',
      value: 'N',
      help: 'maximum number of rows that a rule reads; 10000000 by default',
    },
    'statement-timeout': {
      type: 'string',
      value: 'N',
      help: 'seconds that a statement may take; 30 by default',
    },
    json: { type: 'boolean', help: 'prints one JSON document instead of lines' },
  },
  details: [
    'Exit status: 0 if every rule holds, 1 if a rule is broken, 2 if not everything could be checked.',
  ],
} as const;

/** EventBridge Scheduler may be a minute late with the tick that frees a claim. */
const TICK_LATENESS_MS = 60_000;

const instant = z.iso.datetime({
  offset: true,
  error: 'must be a time in the form YYYY-MM-DDThh:mm:ssZ, or with an offset such as +02:00 in place of Z',
});
const count = (max: number) => z.coerce.number().pipe(z.int().min(1).max(max));

const optionsSchema = z.object({
  'database-url': z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL such as postgresql://…; DATABASE_URL is used without it',
  }),
  'redis-url': z.url({ protocol: /^(rediss?|unix)$/, error: 'must be a URL such as redis://…' }).optional(),
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

/** Reads the options. @throws CommandLineError that names each wrong option, without its value: a URL has a password. */
export function readOptions(
  args: string[],
  env: Record<string, string | undefined>,
  now: Date,
): AuditOptions {
  const { values } = readCommandLine(auditCommand, args);
  const parsed = optionsSchema.safeParse({
    ...values,
    'database-url': values['database-url'] ?? env.DATABASE_URL,
  });
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`);
    throw new CommandLineError(problems.join('\n'));
  }
  const options = parsed.data;
  const until = options.until === undefined ? now : new Date(options.until);
  const since = options.since === undefined ? new Date(until.getTime() - DAY_MS) : new Date(options.since);
  if (since >= until) throw new CommandLineError('--since must be before --until');
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
