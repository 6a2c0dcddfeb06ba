import * as z from 'zod';
import { url, variableFacts } from './variables.ts';

const target = (what: string) =>
  url('http', 'https')
    .optional()
    .register(variableFacts, {
      does: `The URL that receives ${what} of jobs without a URL of their own.`,
      usedBy: ['scheduler', 'worker'],
      values: '`http://…`, `https://…`',
      default: 'none',
      onAws: '`callbacks`',
    });

/** The targets of reports, for jobs without one. */
export const callbacksSchema = z
  .object({
    BELFRY_ON_FAILURE_URL: target('a report of each failed execution'),
    BELFRY_ON_RECOVERY_URL: target('a report of the first success after a failure'),
  })
  .transform((env) => ({
    callbackTargets: { failureUrl: env.BELFRY_ON_FAILURE_URL, recoveryUrl: env.BELFRY_ON_RECOVERY_URL },
  }));
