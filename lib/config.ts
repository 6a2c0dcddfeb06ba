import * as z from 'zod';
import { timings } from './topology.ts';

const integer = (range: { min: number; max: number; default: number }) =>
  z.coerce.number().int().min(range.min).max(range.max).default(range.default);

const configSchema = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    REDIS_URL: z.url({ protocol: /^(rediss?|unix)$/ }),
    BELFRY_WAKE_UP_QUEUE_URL: z.url({ protocol: /^https?$/ }),
    AWS_REGION: z.string().min(1).default('us-east-1'),
    AWS_ENDPOINT_URL_SQS: z.url({ protocol: /^https?$/ }).optional(),
    /** How far past now a tick dispatches. */
    BELFRY_LOOK_AHEAD_SECONDS: integer({ min: 60, max: 900, default: timings.lookAheadMs / 1_000 }),
    /** Requests one worker environment has out at once. */
    BELFRY_MAX_IN_FLIGHT: integer({ min: 1, max: 1_000, default: 100 }),
    BELFRY_LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
  })
  .transform((env) => ({
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    wakeUpQueueUrl: env.BELFRY_WAKE_UP_QUEUE_URL,
    region: env.AWS_REGION,
    sqsEndpoint: env.AWS_ENDPOINT_URL_SQS,
    lookAheadMs: env.BELFRY_LOOK_AHEAD_SECONDS * 1_000,
    maxInFlight: env.BELFRY_MAX_IN_FLIGHT,
    logLevel: env.BELFRY_LOG_LEVEL,
  }));

export type Config = z.infer<typeof configSchema>;

/**
 * Reads the settings of a function from its environment.
 *
 * @throws Error that names every variable that is missing or wrong, and never shows a value.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = configSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return env[name] === undefined ? `${name} is not set` : `${name} is not valid (${issue.code})`;
  });
  throw new Error(`configuration: ${problems.join('; ')}`);
}
