import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readApi } from '../../../fuzz/document/operations.ts';
import { makeViolations } from '../../../fuzz/document/validate.ts';
import { makeBroken } from '../../../fuzz/values/broken.ts';
import { makeConsistent } from '../../../fuzz/values/consistent.ts';
import { keepHome, stayHomeWhateverChanges } from '../../../fuzz/values/keep-home.ts';
import { isFarSchedule, isHome, knownGood } from '../../../fuzz/values/known-good.ts';
import { valid } from '../../../fuzz/values/valid.ts';
import { makeOpenApiDocument } from '../../../../lib/api/openapi.ts';
import { parseJobChanges, parseNewJob } from '../../../../lib/api/parse-job.ts';
import { loopbackPolicy } from '../../../support/outgoing.ts';

const document = makeOpenApiDocument();
const { operations, resolve } = readApi(document);
const violations = makeViolations(document);
const home = { port: 40_000 };
const hints = { byName: knownGood(home), plainOneIn: 12 };
const bodied = operations.flatMap(({ key, body }) => (body === undefined ? [] : [{ key, body }]));

describe.each(bodied)('bodies for $key', ({ body }) => {
  test('valid bodies for $key match the schema', () => {
    fc.assert(
      fc.property(valid(resolve, hints, body), (value) => {
        expect(violations(body, value)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('invalid bodies for $key break the schema', () => {
    const breaking = makeBroken(
      resolve,
      hints,
      (schema, value) => violations(schema, value).length === 0,
    )(body);
    const keywords = new Set<string>();
    fc.assert(
      fc.property(breaking!, ({ value, keyword }) => {
        keywords.add(keyword);
        expect(violations(body, value)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect([...keywords]).toEqual(expect.arrayContaining(['type', 'additionalProperties']));
    // A body with a single field can break fewer rules.
    expect(keywords.size).toBeGreaterThan(1);
  });

  test('bodies for $key keep their validity when their jobs stay on this machine', () => {
    const breaking = makeBroken(
      resolve,
      hints,
      (schema, value) => violations(schema, value).length === 0,
    )(body);
    fc.assert(
      fc.property(
        fc.oneof(
          valid(resolve, hints, body),
          breaking!.map(({ value }) => value),
        ),
        (value) => {
          const isWhole = !body.$ref?.endsWith('JobPatch');
          if (body.$ref?.endsWith('NewApiKey') === true) return;
          const before = violations(body, value).length > 0;
          expect(violations(body, keepHome(home, value, isWhole)).length > 0).toBe(before);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a job of the fuzzer', () => {
  const best = { byName: knownGood(home), plainOneIn: 0 };

  test('a job of the fuzzer is accepted when it must keep all rules', () => {
    const jobs = valid(resolve, best, { $ref: '#/components/schemas/NewJob' }).map(makeConsistent);
    let taken = 0;
    fc.assert(
      fc.property(jobs, (job) => {
        try {
          parseNewJob(job, loopbackPolicy);
          taken++;
        } catch {
          // A name with NUL, or a body that is too deep: cases for the rules beyond the schema.
        }
      }),
      { numRuns: 200 },
    );
    expect(taken).toBeGreaterThan(120);
  });

  test.each([true, false])(
    'a job of the fuzzer calls another machine only years from now (whole: %s)',
    (isWhole) => {
      const name = isWhole ? 'NewJob' : 'JobPatch';
      const jobs = valid(resolve, hints, { $ref: `#/components/schemas/${name}` });
      fc.assert(
        fc.property(jobs, (value) => {
          const job: { api?: string; schedule?: string } = Object(keepHome(home, value, isWhole));
          const isAway = job.api !== undefined && !isHome(home, job.api);
          const isSoon = job.schedule !== undefined && !isFarSchedule(job.schedule);
          // Each sets both fields, so that no two requests for one job make a job that calls another machine soon.
          if (isAway) expect(isFarSchedule(job.schedule)).toBe(true);
          if (isSoon) expect(isHome(home, job.api ?? '')).toBe(true);
        }),
        { numRuns: 500 },
      );
    },
  );

  test('a job of the fuzzer stays on this machine and runs far in the future when its JSON will be mutated', () => {
    const batch = stayHomeWhateverChanges(home, {
      jobs: [{ api: 'https://example.com', schedule: '* * * * *' }],
    });
    const [job]: { api: string; schedule: string }[] = Object(batch).jobs;
    expect(isHome(home, job!.api) && isFarSchedule(job!.schedule)).toBe(true);
  });

  test.each([
    'http://127.0.0.1:40000@elsewhere.example/',
    'http://127.0.0.1:40000',
    'http://127.0.0.1:400001/_local/echo',
  ])('a target is not on this machine: %s', (url) => expect(isHome(home, url)).toBe(false));

  test('a change of the fuzzer can produce such a job too', () => {
    const changes = keepHome(home, { schedule: '* * * * *' }, false);
    expect(parseJobChanges(changes, loopbackPolicy).changes).toMatchObject({
      api: expect.stringContaining('127.0.0.1'),
    });
  });
});
