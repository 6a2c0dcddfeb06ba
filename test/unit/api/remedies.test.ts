import type * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { newApiKeySchema } from '../../../lib/api/api-key-schemas.ts';
import { auditQuerySchema } from '../../../lib/api/audit-query.ts';
import { retrySchema, runSchema } from '../../../lib/api/execution-requests.ts';
import { executionsQuerySchema } from '../../../lib/api/executions-query.ts';
import { failuresQuerySchema, ignoreSchema } from '../../../lib/api/failure-schemas.ts';
import { groupsQuerySchema } from '../../../lib/api/group-schemas.ts';
import { hostsQuerySchema } from '../../../lib/api/host-schemas.ts';
import { jobStatsQuerySchema } from '../../../lib/api/job-stats.ts';
import { summariesQuerySchema } from '../../../lib/api/job-summaries.ts';
import { newJobSchema } from '../../../lib/api/job-schemas.ts';
import { newOperationSchema } from '../../../lib/api/operation-schemas.ts';
import { redriveSchema } from '../../../lib/api/redrive-schemas.ts';
import { historyQuerySchema, jobsQuerySchema, pageQuerySchema } from '../../../lib/api/query.ts';
import { loadRequestSchema } from '../../../lib/api/schedule-load.ts';
import { previewRequestSchema } from '../../../lib/api/schedule-preview.ts';
import { newSigningKeySchema } from '../../../lib/api/signing-key-schemas.ts';
import { statsQuerySchema } from '../../../lib/api/stats-query.ts';
import { jobUpcomingQuerySchema, upcomingQuerySchema } from '../../../lib/api/upcoming-query.ts';

const schemas: Record<string, z.ZodObject> = {
  newApiKeySchema,
  auditQuerySchema,
  retrySchema,
  runSchema,
  executionsQuerySchema,
  failuresQuerySchema,
  ignoreSchema,
  groupsQuerySchema,
  hostsQuerySchema,
  jobStatsQuerySchema,
  summariesQuerySchema,
  newJobSchema,
  newOperationSchema,
  redriveSchema,
  historyQuerySchema,
  jobsQuerySchema,
  pageQuerySchema,
  loadRequestSchema,
  previewRequestSchema,
  newSigningKeySchema,
  statsQuerySchema,
  jobUpcomingQuerySchema,
  upcomingQuerySchema,
};

/** Values that most fields refuse, alone and as the only item of a list or of an object. */
const odd = ['', ' ', 'x', '\0', 'x'.repeat(3_000), -1, 1.5, 1e12, true, null, undefined, {}, [], [[]]];
const wrong: unknown[] = [
  ...odd,
  ...odd.map((value) => [value]),
  ['a', 'a'],
  { a: 1 },
  { delaysSeconds: [-1] },
];

const issuesOf = (schema: z.ZodObject, field: string, value: unknown) =>
  (schema.safeParse({ [field]: value }).error?.issues ?? []).filter(({ path }) => path[0] === field);

/** What a message says that a value may be, and what it says that it may not be. */
function claimsOf(message: string): { allowed: unknown[]; refused: unknown[] } {
  const allowed: unknown[] = [];
  const refused: unknown[] = [];
  const [, least, most] = /an integer from (\d+) to (\d+)/.exec(message) ?? [];
  if (least !== undefined) {
    allowed.push(Number(least), Number(most));
    refused.push(Number(least) - 1, Number(most) + 1);
  }
  const [, shortest, longest] = /a string of (\d+) to (\d+) characters/.exec(message) ?? [];
  if (shortest !== undefined) {
    allowed.push('a'.repeat(Number(shortest)), 'a'.repeat(Number(longest)));
    refused.push('a'.repeat(Number(longest) + 1));
  }
  const [, names] =
    /^must be one(?: or more)? of ([^;]+?)(?:, separated by commas)?(?:;|$)/.exec(message) ?? [];
  if (names !== undefined) allowed.push(...names.split(', '));
  const [, examples] = /\bsuch as (.+?)(?:;|, or null|, or a number| in place of Z|$)/.exec(message) ?? [];
  if (examples !== undefined && !message.includes('an offset such as'))
    allowed.push(
      ...examplesIn(examples).map((item) => (message.startsWith('must be an array') ? [item] : item)),
    );
  return { allowed, refused };
}

const examplesIn = (text: string): unknown[] =>
  text.startsWith('{') || text.startsWith('"')
    ? [JSON.parse(text)]
    : text.split(/, | or /).filter((example) => !example.includes(' '));

/** Puts a value where the issue was found: into the field, or into the list or object in it. */
function placed(path: readonly PropertyKey[], value: unknown): unknown {
  return path
    .slice(1)
    .reduceRight<unknown>((inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }), value);
}

describe.each(Object.entries(schemas))('the messages of %s', (_, schema) => {
  test('what a message allows is accepted, and what it excludes is refused', () => {
    for (const field of Object.keys(schema.shape)) {
      for (const { path, message } of wrong.flatMap((value) => issuesOf(schema, field, value))) {
        const { allowed, refused } = claimsOf(message);
        const isRefused = (value: unknown): boolean =>
          issuesOf(schema, field, placed(path, value)).length > 0;
        expect({ field, message, refusedExamples: allowed.filter(isRefused) }).toEqual({
          field,
          message,
          refusedExamples: [],
        });
        expect({ field, message, accepted: refused.filter((value) => !isRefused(value)) }).toEqual({
          field,
          message,
          accepted: [],
        });
      }
    }
  });

  test('a wrong item of a list is named by its place, and its message is about the item', () => {
    for (const field of Object.keys(schema.shape)) {
      for (const { path, message } of wrong.flatMap((value) => issuesOf(schema, field, value))) {
        if (typeof path.at(-1) === 'number') expect(message).not.toMatch(/\barray\b/);
      }
    }
  });
});
