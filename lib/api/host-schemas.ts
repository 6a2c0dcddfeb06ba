import * as z from 'zod';
import type { HostsPage } from '../app/list-hosts.ts';
import {
  hostOrders,
  type HostSummary,
  MAX_HOST_COUNTS,
  MAX_JOBS_OF_HOST,
  MAX_LIVE_READ,
} from '../domain/host-summary.ts';
import { shareOf } from '../domain/group-summary.ts';
import { cappedCountSchema, summaryPage } from './group-schemas.ts';

export const hostsQuerySchema = z
  .strictObject({
    ...summaryPage,
    order: z
      .enum(hostOrders, `must be one of ${hostOrders.join(', ')}`)
      .meta({
        description:
          'The default is `name`, which lists the hosts of all jobs. `slow` lists the hosts whose requests took the longest ' +
          'on average in the last hour, the slowest first. It has one page.',
      })
      .exactOptional(),
  })
  .refine(({ order, cursor }) => order !== 'slow' || cursor === undefined, {
    path: ['cursor'],
    error: 'cannot be used with order=slow, which has one page; leave one of them out',
  });

const count = z.int().min(0);
const at = z.string().meta({ format: 'date-time' });
const read = MAX_LIVE_READ.toLocaleString('en-US');
const compared = MAX_HOST_COUNTS.toLocaleString('en-US');

const live = z.strictObject({ count: z.int().min(1), since: at });

export const hostSummarySchema = z
  .strictObject({
    host: z.string().meta({
      description: 'The host of URLs, without a port, in lower case.',
      examples: ['api.example.com'],
    }),
    jobs: cappedCountSchema.meta({
      description: `The jobs that are not deleted, up to ${MAX_JOBS_OF_HOST}.`,
    }),
    running: live.nullable().meta({
      description:
        'The number of executions that a worker has claimed, and the time of the oldest claim. Null if there are none.',
    }),
    late: live.nullable().meta({
      description:
        'The number of executions that have been due for more than a second and that no worker has claimed, and the due time of the oldest. ' +
        'They wait for a worker, for room at the host, or for the end of a pause. Null if there are none.',
    }),
    heldBack: z.array(z.strictObject({ origin: z.string(), until: at })).meta({
      description: 'Origins of the host that have asked for a pause (Retry-After), and when it ends.',
    }),
    lastHour: z
      .strictObject({
        requests: z.int().min(1),
        failed: count.meta({
          description: 'Requests that failed, including the requests of retried attempts.',
        }),
        timedOut: count.meta({ description: 'Failed requests that timed out.' }),
        failureShare: z.number().min(0).max(1),
        durationMs: z.strictObject({ mean: z.number().min(0), max: count }),
      })
      .nullable()
      .meta({
        description:
          'The requests that ended in the last hour. Workers add them up about once a minute, and lose some when their ' +
          'environment ends. Null if none is known.',
      }),
  })
  .meta({ id: 'Host' });

/** The fields of a page next to its items. */
export const hostsPageFields = {
  from: at.meta({ description: 'The start of the last hour, at a multiple of 5 minutes.' }),
  runningIsCapped: z.boolean().meta({
    description: `True if more than ${read} executions are claimed in all: \`running\` is then too low.`,
  }),
  lateIsCapped: z.boolean().meta({
    description: `True if more than ${read} executions are late in all: \`late\` then has only the oldest.`,
  }),
  slowestIsCapped: z.boolean().meta({
    description:
      `True if \`order=slow\` found more than ${compared} counts, one for each host and 5 minutes. ` +
      'It then compares the latest ones, and slower hosts may be missing.',
  }),
  knowsHeldBack: z.boolean().meta({
    description: 'False if Redis does not answer: `heldBack` is then empty.',
  }),
};

export const hostSummaryResource = (summary: HostSummary): z.infer<typeof hostSummarySchema> => {
  const { host, jobs, running, late, heldBack, lastHour } = summary;
  return {
    host,
    jobs,
    running: running && { count: running.count, since: running.since.toISOString() },
    late: late && { count: late.count, since: late.since.toISOString() },
    heldBack: heldBack.map(({ origin, until }) => ({ origin, until: until.toISOString() })),
    lastHour: lastHour && {
      requests: lastHour.requests,
      failed: lastHour.failed,
      timedOut: lastHour.timedOut,
      failureShare: shareOf(lastHour.failed, lastHour.requests),
      durationMs: {
        mean: Math.round((lastHour.durationSumMs / lastHour.requests) * 10) / 10,
        max: lastHour.durationMaxMs,
      },
    },
  };
};

export const hostsPageResource = ({
  from,
  runningIsCapped,
  lateIsCapped,
  slowestIsCapped,
  knowsHeldBack,
}: HostsPage) => ({
  from: from.toISOString(),
  runningIsCapped,
  lateIsCapped,
  slowestIsCapped,
  knowsHeldBack,
});
