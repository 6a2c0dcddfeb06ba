import type { APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { type FailingJobs, failingLimits } from '../domain/failing-jobs.ts';
import { cappedCountSchema } from './group-schemas.ts';
import { takeItems } from './list-reply.ts';
import { jsonTextReply } from './reply.ts';
import { listedJobSchema } from './resource-schemas.ts';
import { jobJson } from './resources.ts';

const { jobs } = failingLimits;
const counted = failingLimits.counted.toLocaleString('en-US');
const LIMIT_REMEDY = `must be an integer from 1 to ${jobs}`;

export const failingQuerySchema = z.strictObject({
  limit: z.int(LIMIT_REMEDY).min(1, LIMIT_REMEDY).max(jobs, LIMIT_REMEDY).default(jobs),
});

// It gives answers their documentation and their types.
export const failingJobsSchema = z
  .strictObject({
    items: z.array(listedJobSchema).meta({
      description:
        'The jobs in the state ACTIVE whose last execution failed, the most failures in a row first. At most `limit`; fewer if ' +
        'the response would become too large, or while many jobs have just recovered.',
    }),
    total: z
      .int()
      .min(0)
      .meta({
        description:
          `How many jobs fail, up to ${counted}. If there are more than \`limit\`, jobs that have just recovered may be ` +
          'among them until a tick finds that out, usually within a minute.',
      }),
    totalIsCapped: z.boolean().meta({
      description: `True if the counting stopped after ${counted} jobs that have failed, of which some may be paused or finished: \`total\` jobs fail, or more.`,
    }),
    pausedByFailures: cappedCountSchema.meta({
      description: `The jobs in the state PAUSED_BY_FAILURES, up to ${counted}.`,
    }),
  })
  .meta({ id: 'FailingJobs' });

export function failingJobsReply({ items, total, pausedByFailures }: FailingJobs): APIGatewayProxyResult {
  const { shown } = takeItems(items, jobJson);
  const numbers = { total: total.count, totalIsCapped: total.isCapped, pausedByFailures };
  return jsonTextReply(200, `{"items":[${shown.join(',')}],${JSON.stringify(numbers).slice(1)}`);
}
