import * as z from 'zod';
import { environmentIdShape } from '../environment-ids.ts';

/** What every function is told. */
export const commonSchema = z
  .object({
    AWS_REGION: z.string().min(1).default('us-east-1'),
    BELFRY_LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
    /** Tells one Belfry of an account from another, in its metrics and logs. Without it there are no metrics. */
    BELFRY_DEPLOYMENT: z.string().min(1).max(255).optional(),
    /** Names the environment that the function runs in; set by the local run. */
    BELFRY_ENVIRONMENT_ID: z.string().regex(environmentIdShape).optional(),
  })
  .transform((env) => ({
    region: env.AWS_REGION,
    logLevel: env.BELFRY_LOG_LEVEL,
    deployment: env.BELFRY_DEPLOYMENT,
    environmentId: env.BELFRY_ENVIRONMENT_ID,
  }));

export type CommonConfig = z.infer<typeof commonSchema>;
