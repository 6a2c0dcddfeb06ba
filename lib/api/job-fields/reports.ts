import * as z from 'zod';
import { limits } from '../../domain/job.ts';
import { findUrlFault, URL_PATTERN, URL_REMEDY } from '../job-url.ts';

// The fields about failures: reports, and the pause of the job.

const reportUrl = (description: string) =>
  z
    .string(`${URL_REMEDY}, or null`)
    .check((ctx) => {
      const message = findUrlFault(ctx.value);
      if (message !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, message });
    })
    .meta({ pattern: URL_PATTERN, maxLength: limits.urlLength })
    .nullable()
    .meta({
      description: `${description} The same addresses are allowed as for \`api\`. Null uses the URL of the deployment, if it has one.`,
    });
export const onFailure = reportUrl(
  'The URL to which Belfry reports each execution that ended FAILED, as `job.failed`.',
);
export const onRecovery = reportUrl(
  'The URL to which Belfry reports the first success after a failure, as `job.recovered`.',
);
const PAUSE_REMEDY = `must be an integer from 1 to ${limits.pauseAfterFailures}, or null`;
export const pauseAfterFailures = z
  .int(PAUSE_REMEDY)
  .min(1, PAUSE_REMEDY)
  .max(limits.pauseAfterFailures, PAUSE_REMEDY)
  .nullable()
  .meta({
    description:
      'Belfry pauses the job when this number of executions in a row ended FAILED. A success, or a resume of the job, resets the ' +
      'count. Null never pauses it.',
  });
