import * as z from 'zod';

const count = z.int().min(0);

const queueStatsSchema = z
  .strictObject({
    ready: count,
    scheduled: count,
    processing: count,
    retrying: count,
    completed: count,
    failed: count,
    oldestDueAgeSeconds: z.number().min(0).meta({
      description: 'How long the oldest due execution or retry has waited, in seconds. 0 if none is due.',
    }),
  })
  .meta({ id: 'QueueStats' });
export const queueStatsReplySchema = z.strictObject({ queue_stats: queueStatsSchema });

const check = z.enum(['ok', 'unreachable']);
const versions = {
  version: z.string().meta({ description: 'The version of Belfry.' }),
  timeZoneData: z.string().meta({
    description: 'The release of the IANA time zone database that schedules use, such as 2026f.',
  }),
};
export const healthSchema = z.strictObject({ status: z.literal('ok'), ...versions }).meta({ id: 'Health' });
export const deepHealthSchema = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    ...versions,
    checks: z.strictObject({ postgres: check, redis: check, sqs: check }),
  })
  .meta({ id: 'DeepHealth' });

export type QueueStats = z.infer<typeof queueStatsSchema>;
export type Health = z.infer<typeof healthSchema>;
export type DeepHealth = z.infer<typeof deepHealthSchema>;
