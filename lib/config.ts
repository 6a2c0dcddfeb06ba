import * as z from 'zod';
import { databaseSchema } from './config/database.ts';
import { redisSchema } from './config/redis.ts';
import { integer, isAnySet, type Env } from './config/variables.ts';
import { timings } from './topology.ts';

const generalSchema = z
  .object({
    BELFRY_WAKE_UP_QUEUE_URL: z.url({ protocol: /^https?$/ }),
    AWS_REGION: z.string().min(1).default('us-east-1'),
    AWS_ENDPOINT_URL_SQS: z.url({ protocol: /^https?$/ }).optional(),
    /** How far past now a tick dispatches. */
    BELFRY_LOOK_AHEAD_SECONDS: integer({ min: 60, max: 900, default: timings.lookAheadMs / 1_000 }),
    /** Requests one worker environment has out at once. */
    BELFRY_MAX_IN_FLIGHT: integer({ min: 1, max: 1_000, default: 100 }),
    BELFRY_LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
    /** Tells one Belfry of an account from another, in its metrics and logs. Without it there are no metrics. */
    BELFRY_DEPLOYMENT: z.string().min(1).max(255).optional(),
  })
  .transform((env) => ({
    wakeUpQueueUrl: env.BELFRY_WAKE_UP_QUEUE_URL,
    region: env.AWS_REGION,
    sqsEndpoint: env.AWS_ENDPOINT_URL_SQS,
    lookAheadMs: env.BELFRY_LOOK_AHEAD_SECONDS * 1_000,
    maxInFlight: env.BELFRY_MAX_IN_FLIGHT,
    logLevel: env.BELFRY_LOG_LEVEL,
    deployment: env.BELFRY_DEPLOYMENT,
  }));

/** The schedule that ticks, which the scheduler may turn off while nothing is due. */
const hibernateSchema = z
  .object({
    BELFRY_HIBERNATE_SCHEDULE: z.string().min(1),
    BELFRY_HIBERNATE_GROUP: z.string().min(1),
  })
  .transform((env) => ({
    hibernate: { scheduleName: env.BELFRY_HIBERNATE_SCHEDULE, groupName: env.BELFRY_HIBERNATE_GROUP },
  }));

export type Hibernate = z.infer<typeof hibernateSchema>['hibernate'];

export type Config = z.infer<typeof generalSchema> &
  z.infer<ReturnType<typeof databaseSchema>> &
  z.infer<ReturnType<typeof redisSchema>> & { hibernate: Hibernate | undefined };

/**
 * Reads the settings of a function from its environment.
 *
 * @throws Error that names every variable that is missing or wrong, and never shows a value.
 */
export function readConfig(env: Env): Config {
  const problems: string[] = [];
  const read = <Output>(schema: z.ZodType<Output>): Output | undefined => {
    const parsed = schema.safeParse(env);
    if (parsed.success) return parsed.data;
    problems.push(...parsed.error.issues.map((issue) => describe(issue, env)));
    return undefined;
  };
  const database = read(databaseSchema(env));
  const redis = read(redisSchema(env));
  const general = read(generalSchema);
  const hibernate = isAnySet(env, 'BELFRY_HIBERNATE_SCHEDULE', 'BELFRY_HIBERNATE_GROUP')
    ? read(hibernateSchema)
    : { hibernate: undefined };
  if (database && redis && general && hibernate) return { ...general, ...database, ...redis, ...hibernate };
  throw new Error(`configuration: ${problems.join('; ')}`);
}

/** A custom issue's message is ours; any other could repeat what was in the variable. */
function describe(issue: z.core.$ZodIssue, env: Env): string {
  const name = issue.path.join('.');
  if (issue.code === 'custom') return `${name} ${issue.message}`;
  return env[name] === undefined ? `${name} is not set` : `${name} is not valid (${issue.code})`;
}
