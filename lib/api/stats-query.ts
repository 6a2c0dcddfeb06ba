import * as z from 'zod';
import type { AskedGroupStats } from '../app/read-group-stats.ts';
import type { AskedStats } from '../app/read-stats.ts';
import { limits } from '../domain/job.ts';
import { MAX_POINTS } from '../domain/roll-up/stats-range.ts';
import { parseInstant } from '../domain/schedule/parse-instant.ts';
import { text } from './filter-fields.ts';
import { INSTANT_FORM } from './instant-field.ts';

const INSTANT_REMEDY = `must be an ISO 8601 instant ${INSTANT_FORM}`;
const STEP_REMEDY =
  'must be minutes, hours or days, such as 1m, 5m, 1h or 1d, or a number of seconds that is a multiple of 60';
const MAX_GROUPS_SHOWN = 10;
const LIMIT_REMEDY = `must be an integer from 1 to ${MAX_GROUPS_SHOWN}`;
const GROUP_REMEDY = 'must be the name of a group, or (other) for the groups above the limit';
const STEP = /^([1-9]\d{0,7})([smhd]?)$/;
const SECONDS_OF: Record<string, number> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };

const instant = (description: string) =>
  z
    .string(INSTANT_REMEDY)
    .max(40, INSTANT_REMEDY)
    .refine((text) => instantMs(text) !== undefined, INSTANT_REMEDY)
    .meta({ description, format: 'date-time', examples: ['2031-05-01T12:00:00Z'] })
    .exactOptional();

const range = {
  from: instant('The start of the range. The default is 24 hours before its end.'),
  to: instant('The end of the range (exclusive). The default is now.'),
  step: z
    .string(STEP_REMEDY)
    .regex(STEP, STEP_REMEDY)
    .meta({
      description: `The length of each point: \`1m\`, \`5m\`, \`1h\`, \`1d\`, or a number of seconds. Steps begin at multiples of their length in UTC, and the range is widened to whole steps. An answer has at most ${MAX_POINTS} points. The default depends on the range.`,
      examples: ['5m'],
    })
    .exactOptional(),
};

export const statsQuerySchema = z.strictObject({
  ...range,
  group: text(limits.groupLength, GROUP_REMEDY)
    .meta({ description: 'Counts only the jobs of this group. `(other)` has the groups above the limit.' })
    .exactOptional(),
});

export const groupStatsQuerySchema = z.strictObject({
  ...range,
  limit: z
    .int(LIMIT_REMEDY)
    .min(1, LIMIT_REMEDY)
    .max(MAX_GROUPS_SHOWN, LIMIT_REMEDY)
    .default(5)
    .meta({ description: 'The largest number of groups. All other jobs are counted together.' }),
});

/** Converts a valid query. */
export function toAskedStats({ group, ...range }: z.output<typeof statsQuerySchema>): AskedStats {
  return { ...toAskedRange(range), group };
}

/** Converts a valid query. */
export function toAskedGroupStats({
  limit,
  ...range
}: z.output<typeof groupStatsQuerySchema>): AskedGroupStats {
  return { ...toAskedRange(range), limit };
}

const toAskedRange = ({
  from,
  to,
  step,
}: Omit<z.output<typeof statsQuerySchema>, 'group'>): Omit<AskedStats, 'group'> => ({
  from: toDate(from),
  to: toDate(to),
  stepSeconds: toSeconds(step),
});

function toDate(text: string | undefined): Date | undefined {
  const ms = text === undefined ? undefined : instantMs(text);
  return ms === undefined ? undefined : new Date(ms);
}

function toSeconds(step: string | undefined): number | undefined {
  const [, number, unit = ''] = STEP.exec(step ?? '') ?? [];
  return number === undefined ? undefined : Number(number) * (SECONDS_OF[unit] ?? 1);
}

function instantMs(text: string): number | undefined {
  try {
    return parseInstant(text);
  } catch {
    return undefined;
  }
}
