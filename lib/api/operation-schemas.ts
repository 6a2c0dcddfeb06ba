import * as z from 'zod';
import type { By } from '../domain/audit-log.ts';
import type { DryRun } from '../app/start-operation.ts';
import { ValidationError } from '../domain/errors.ts';
import { limits } from '../domain/job.ts';
import { MAX_FILTER_IDS } from '../domain/job-filter.ts';
import {
  type NewOperation,
  type Operation,
  type SpreadWindow,
  filterActions,
  operationActions,
  operationDefaults,
  operationLimits,
  operationStates,
} from '../domain/operation.ts';
import { fieldErrors } from './field-errors.ts';
import { group as groupField, tag } from './job-fields/labels.ts';
import { jobFilterFields, toJobFilter } from './job-filter-schema.ts';
import { spreadField, spreadSampleResource, spreadSampleSchema } from './spread-schemas.ts';

const TAGS_REMEDY = `must be an array of at most ${limits.tagCount} strings, each of 1 to ${limits.tagLength} characters without control characters`;
const FILTER_REMEDY = 'must be an object with at least one condition, or {"all": true} for all jobs';
export const DRY_RUN_REMEDY = 'must be a boolean, true or false';
const IDS_REMEDY = `must be an array of 1 to ${MAX_FILTER_IDS} ids of jobs, which are integers`;
const TOKEN_REMEDY = 'must be the token of a dry run of the same operation: send it first with dryRun true';
const ALL_REMEDY =
  'is missing; an operation on all jobs needs the token of a dry run: send it first with dryRun true';

export const rate = (most: number, description: string) => {
  const remedy = `must be an integer from 1 to ${most}`;
  return z.int(remedy).min(1, remedy).max(most, remedy).meta({ description });
};

const tagList = z.array(tag, TAGS_REMEDY).max(limits.tagCount, TAGS_REMEDY);

const filterSchema = z
  .strictObject({
    ...jobFilterFields,
    ids: z
      .array(z.int(IDS_REMEDY).min(1, IDS_REMEDY), IDS_REMEDY)
      .min(1, IDS_REMEDY)
      .max(MAX_FILTER_IDS, IDS_REMEDY)
      .meta({ description: 'Only jobs with one of these ids.' })
      .exactOptional(),
    all: z
      .literal(true, 'must be true; leave it out to use conditions')
      .meta({ description: 'True, without any condition, stands for all jobs.' })
      .exactOptional(),
  })
  .check(({ value, issues }) => {
    // An unknown condition is missing in the value.
    if (issues.length > 0) return;
    const { all, ...conditions } = value;
    const names = Object.keys(conditions);
    if (all === undefined && names.length === 0) {
      issues.push({ code: 'custom', input: value, path: [], message: FILTER_REMEDY });
    }
    if (all !== undefined && names.length > 0) {
      const message = `cannot be combined with a condition (${names.join(', ')}); leave all out to use the condition, or send only {"all": true} for all jobs`;
      issues.push({ code: 'custom', input: value, path: ['all'], message });
    }
  });

type Asked = {
  action: (typeof filterActions)[number];
  filter: { all?: true };
  addTags?: readonly string[];
  removeTags?: readonly string[];
  group?: string | null;
  spread?: SpreadWindow;
  ratePerSecond?: number;
  dryRun?: boolean;
  token?: string;
};

/** Finds fields that do not go together, with the remedies. */
function findConflicts({
  action,
  filter,
  addTags = [],
  removeTags = [],
  group,
  spread,
  ratePerSecond = operationDefaults.ratePerSecond,
  dryRun,
  token,
}: Asked): [string, string][] {
  const conflicts: [string, string][] = [];
  const onlyFor = (field: string, of: string) =>
    conflicts.push([field, `is only for the action ${of}, not for ${action}; leave it out`]);
  if (action === 'tag' && addTags.length + removeTags.length === 0) {
    conflicts.push(['addTags', 'is missing; the action tag needs a tag in addTags or in removeTags']);
  }
  if (action !== 'tag' && addTags.length > 0) onlyFor('addTags', 'tag');
  if (action !== 'tag' && removeTags.length > 0) onlyFor('removeTags', 'tag');
  if (action === 'group' && group === undefined) {
    conflicts.push([
      'group',
      'is missing; the action group needs the group that the jobs move to, or null for none',
    ]);
  }
  if (action !== 'group' && group !== undefined) onlyFor('group', 'group');
  if (action === 'spread' && spread === undefined) {
    conflicts.push(['spread', 'is missing; the action spread needs a window, as in {"withinSeconds": 300}']);
  }
  if (action !== 'spread' && spread !== undefined) onlyFor('spread', 'spread');
  if (action === 'run' && ratePerSecond > operationLimits.maxRunsPerSecond) {
    conflicts.push([
      'ratePerSecond',
      `must be at most ${operationLimits.maxRunsPerSecond} for the action run, which sends a request for each job`,
    ]);
  }
  if (dryRun === true && token !== undefined) {
    conflicts.push([
      'token',
      'cannot be sent with dryRun true; leave dryRun out to start the operation, or leave token out to count again',
    ]);
  }
  if (dryRun !== true && token === undefined && filter.all === true) conflicts.push(['token', ALL_REMEDY]);
  return conflicts;
}

export const newOperationSchema = z
  .strictObject({
    action: z
      .enum(filterActions, `must be one of ${filterActions.join(', ')}`)
      .meta({ description: 'What to do with each job that matches.' }),
    filter: filterSchema.meta({
      description: 'The conditions that a job must meet, as in `GET /api/v1/jobs`. All of them must hold.',
    }),
    addTags: tagList
      .meta({ description: 'Only for `tag`: tags that each job gets. A repeated tag counts once.' })
      .exactOptional(),
    removeTags: tagList
      .meta({ description: 'Only for `tag`: tags that each job loses. A repeated tag counts once.' })
      .exactOptional(),
    group: groupField
      .meta({
        description:
          'Only for `group`: the group to which each job moves. Null removes each job from its group.',
      })
      .exactOptional(),
    spread: spreadField
      .meta({ description: 'Only for `spread`: the window within which each job moves to a later second.' })
      .exactOptional(),
    ratePerSecond: rate(
      operationLimits.maxRatePerSecond,
      `The maximum number of jobs per second, on average over a minute: up to ${operationLimits.maxRunsPerSecond} for \`run\`. The default is ${operationDefaults.ratePerSecond}.`,
    ).exactOptional(),
    dryRun: z
      .boolean(DRY_RUN_REMEDY)
      .meta({
        description:
          'True counts the jobs, changes nothing, and answers with the token that starts the operation.',
      })
      .exactOptional(),
    token: z
      .string(TOKEN_REMEDY)
      .max(300, TOKEN_REMEDY)
      .meta({
        description:
          'The token of a dry run with the same action, filter, tags, group and window, at most an hour old. The operation then touches no job that was created later. It is required for all jobs.',
      })
      .exactOptional(),
  })
  .check(({ value, issues }) => {
    for (const [field, message] of findConflicts(value)) {
      issues.push({ code: 'custom', input: value, path: [field], message });
    }
  })
  .meta({ id: 'NewOperation' });

/** The request for a dry run, or for the operation itself. */
export type AskedOperation = NewOperation & { isDryRun: boolean; token: string | undefined };

export function parseNewOperation(json: unknown): AskedOperation {
  const parsed = newOperationSchema.safeParse(json);
  if (!parsed.success) {
    throw new ValidationError(fieldErrors(parsed.error, { schema: newOperationSchema }));
  }
  const { action, filter, addTags = [], removeTags = [], group = null, spread = null } = parsed.data;
  const { ratePerSecond, dryRun = false, token } = parsed.data;
  const { all: _, ids, ...conditions } = filter;
  return {
    action,
    filter: { ...toJobFilter(conditions), ...(ids !== undefined && { ids }) },
    tags: { add: [...new Set(addTags)], remove: [...new Set(removeTags)] },
    group,
    spread,
    ratePerSecond: ratePerSecond ?? operationDefaults.ratePerSecond,
    isDryRun: dryRun,
    token,
  };
}

const count = z.int().min(0);
const instant = z.string().meta({ format: 'date-time' });
const matched = z
  .strictObject({ count, isCapped: z.boolean() })
  .meta({ description: 'The jobs that match. `isCapped` says that there are more than `count`.' });

export const dryRunSchema = z
  .strictObject({
    matched,
    spread: spreadSampleSchema.exactOptional(),
    token: z.string().meta({
      description:
        'The token that starts the operation. The operation does not touch jobs that are created later.',
    }),
  })
  .meta({ id: 'DryRun' });

export const dryRunResource = ({ spread, ...dryRun }: DryRun): z.infer<typeof dryRunSchema> => ({
  ...dryRun,
  ...(spread !== undefined && { spread: spreadSampleResource(spread) }),
});

export const operationSchema = z
  .strictObject({
    id: z.int().min(1),
    action: z.enum(operationActions),
    filter: z.record(z.string(), z.unknown()).meta({
      description: 'The conditions; for a redrive, the id of the `failureGroup` and `includeSucceeded`.',
    }),
    addTags: z.array(z.string()),
    removeTags: z.array(z.string()),
    group: z
      .string()
      .nullable()
      .meta({ description: 'The group that jobs move to, for the action `group`.' }),
    spread: spreadField.nullable().meta({ description: 'The window, for the action `spread`.' }),
    ratePerSecond: count,
    state: z.enum(operationStates),
    matched,
    done: count.meta({ description: 'Jobs that were changed, or executions that were made.' }),
    skipped: count.meta({
      description:
        'Jobs that were already in the requested state, that cannot be spread, or that were deleted.',
    }),
    failed: count,
    failures: z
      .array(z.strictObject({ jobId: z.int().min(1), code: z.string(), message: z.string() }))
      .meta({ description: `The first ${operationLimits.failuresShown} failures.` }),
    startedBy: z.string().nullable().meta({ description: 'The name of the API key that started it.' }),
    reason: z.string().nullable(),
    createdAt: instant,
    updatedAt: instant,
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Operation' });

export const operationResource = (operation: Operation): z.infer<typeof operationSchema> => ({
  id: operation.id,
  action: operation.action,
  filter: filterOf(operation),
  addTags: [...operation.tags.add],
  removeTags: [...operation.tags.remove],
  group: operation.group,
  spread: operation.spread,
  ratePerSecond: operation.ratePerSecond,
  state: operation.state,
  matched: operation.matched,
  done: operation.done,
  skipped: operation.skipped,
  failed: operation.failed,
  failures: [...operation.failures],
  startedBy: nameOf(operation.by),
  reason: operation.by.reason ?? null,
  createdAt: operation.createdAt.toISOString(),
  updatedAt: operation.updatedAt.toISOString(),
  finishedAt: operation.finishedAt?.toISOString() ?? null,
});

function filterOf({ filter, redrive }: Operation): Record<string, unknown> {
  if (redrive === null) return { ...filter };
  return { failureGroup: redrive.failureGroupId, includeSucceeded: redrive.includeSucceeded };
}

const nameOf = ({ actor }: By): string | null => actor.name;
