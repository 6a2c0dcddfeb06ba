import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readApi } from '../../../fuzz/document/operations.ts';
import { makeViolations } from '../../../fuzz/document/validate.ts';
import { makeBroken } from '../../../fuzz/values/broken.ts';
import { makeConsistent } from '../../../fuzz/values/consistent.ts';
import { knownGood } from '../../../fuzz/values/known-good.ts';
import { valid } from '../../../fuzz/values/valid.ts';
import { makeOpenApiDocument } from '../../../../lib/api/openapi.ts';
import { parseNewJob } from '../../../../lib/api/parse-job.ts';
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
});

describe('a job of the fuzzer', () => {
  const best = { byName: knownGood(home), plainOneIn: 0 };

  test('a job that the fuzzer generates by all rules is accepted', () => {
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
});
