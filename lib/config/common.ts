import * as z from 'zod';
import { environmentIdShape } from '../environment-ids.ts';
import { variableFacts } from './variables.ts';

/** The variables of every function. */
export const commonSchema = z
  .object({
    AWS_REGION: z
      .string()
      .min(1)
      .default('us-east-1')
      .register(variableFacts, {
        does: 'The AWS region of SQS, Secrets Manager and EventBridge Scheduler.',
        usedBy: ['functions', 'migrate'],
        values: 'a region',
        default: 'us-east-1',
        onAws: 'Lambda',
      }),
    BELFRY_LOG_LEVEL: z
      .enum(['DEBUG', 'INFO', 'WARN', 'ERROR'])
      .default('INFO')
      .register(variableFacts, {
        does: 'The lowest level of the events that are logged.',
        usedBy: ['functions', 'migrate'],
        values: '`DEBUG`, `INFO`, `WARN`, `ERROR`',
        default: 'INFO',
      }),
    BELFRY_DEPLOYMENT: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .register(variableFacts, {
        does: 'Tells one Belfry of an account from another, in its metrics and logs. Without it there are no metrics.',
        usedBy: ['functions', 'migrate'],
        values: '1 to 255 characters',
        default: 'none',
        onAws: '`deployment`; `belfry-<stage>` in the stages',
      }),
    BELFRY_ENVIRONMENT_ID: z
      .string()
      .regex(environmentIdShape)
      .optional()
      .register(variableFacts, {
        does:
          'Names the function environment: the ids of its workers and claims begin with it. `npm start` sets it, and so knows ' +
          'which claims to give back when an environment ends.',
        usedBy: ['worker'],
        values: '12 hexadecimal digits',
        default: 'none: ids are random',
      }),
  })
  .transform((env) => ({
    region: env.AWS_REGION,
    logLevel: env.BELFRY_LOG_LEVEL,
    deployment: env.BELFRY_DEPLOYMENT,
    environmentId: env.BELFRY_ENVIRONMENT_ID,
  }));

export type CommonConfig = z.infer<typeof commonSchema>;
