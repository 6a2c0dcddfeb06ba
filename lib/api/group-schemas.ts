import * as z from 'zod';
import type { GroupsPage } from '../app/list-groups.ts';
import {
  failureShareOf,
  groupOrders,
  groupSpanNames,
  type GroupSummary,
  MAX_JOBS_COUNTED,
} from '../domain/group-summary.ts';
import { MAX_GROUPS } from '../domain/roll-up/series.ts';
import { cursorField } from './query.ts';
import { outcomeCountsSchema } from './stats-schemas.ts';

const MAX_ITEMS = 100;
const LIMIT_REMEDY = `must be an integer from 1 to ${MAX_ITEMS}`;

/** The parameters of a list whose items are counted for each answer. */
export const summaryPage = {
  limit: z.int(LIMIT_REMEDY).min(1, LIMIT_REMEDY).max(MAX_ITEMS, LIMIT_REMEDY).default(50),
  cursor: cursorField,
};

export const groupsQuerySchema = z
  .strictObject({
    ...summaryPage,
    span: z
      .enum(groupSpanNames, `must be one of ${groupSpanNames.join(', ')}`)
      .meta({
        description: 'How far back outcomes are counted. The default is 24h.',
      })
      .exactOptional(),
    order: z
      .enum(groupOrders, `must be one of ${groupOrders.join(', ')}`)
      .meta({
        description:
          'The default is `name`. `failures` lists the groups with the largest share of failed executions, the largest ' +
          'first. It has one page, and leaves out groups without a failure.',
      })
      .exactOptional(),
  })
  .refine(({ order, cursor }) => order !== 'failures' || cursor === undefined, {
    path: ['cursor'],
    error: 'cannot be used with order=failures, which has one page; leave one of them out',
  });

export const cappedCountSchema = z.strictObject({ count: z.int().min(0), isCapped: z.boolean() }).meta({
  id: 'CappedCount',
  description: `A count that stops at ${MAX_JOBS_COUNTED.toLocaleString('en-US')}. If it is capped, there are more.`,
});

const at = z.string().meta({ format: 'date-time' });

const longest = z.int().min(0).nullable();
const groupOutcomesSchema = z
  .strictObject({
    executions: outcomeCountsSchema,
    retries: z.int().min(0).meta({ description: 'Failed attempts that were retried.' }),
    maxDurationMs: longest.meta({
      description: 'The longest request of an execution that succeeded or failed. Null if there is none.',
    }),
    maxLatenessMs: longest.meta({
      description: 'The greatest lateness of a request, including retries. Null if none was sent.',
    }),
  })
  .meta({ id: 'GroupOutcomes' });

export const groupSummarySchema = z
  .strictObject({
    group: z.string(),
    jobs: cappedCountSchema.meta({
      description: `The jobs that are not deleted, up to ${MAX_JOBS_COUNTED.toLocaleString('en-US')}.`,
    }),
    paused: cappedCountSchema.meta({ description: 'The paused jobs of the group.' }),
    outcomes: groupOutcomesSchema.nullable().meta({
      description: `The outcomes in the span. Null if ${MAX_GROUPS} other groups are counted: the rest are counted together.`,
    }),
    failureShare: z.number().min(0).max(1).nullable().meta({
      description:
        'Failed executions, divided by failed and succeeded ones; 4 decimals. Null if there are none, or if `outcomes` is null.',
    }),
  })
  .meta({ id: 'Group' });

/** The fields of a page next to its items. */
export const groupSpanFields = {
  from: at.meta({ description: 'The start of the span.' }),
  countedUntil: at.nullable().meta({
    description:
      'All outcomes that were recorded before this instant are counted. Null before the first tick.',
  }),
};

export const groupSummaryResource = ({
  group,
  jobs,
  paused,
  outcomes,
}: GroupSummary): z.infer<typeof groupSummarySchema> => ({
  group,
  jobs,
  paused,
  outcomes,
  failureShare: outcomes && failureShareOf(outcomes.executions),
});

export const groupSpanResource = ({ from, countedUntil }: GroupsPage) => ({
  from: from.toISOString(),
  countedUntil: countedUntil?.toISOString() ?? null,
});
