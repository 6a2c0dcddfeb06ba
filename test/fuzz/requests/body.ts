import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { Api, Operation } from '../document/operations.ts';
import type { Schema } from '../document/schema.ts';
import type { Violations } from '../document/validate.ts';
import { makeBroken } from '../values/broken.ts';
import { makeConsistent } from '../values/consistent.ts';
import { type Home, knownGood } from '../values/known-good.ts';
import { anyJson, valid } from '../values/valid.ts';
import { mutations } from './mutate-json.ts';

/** A body, with its origin and, when exactly one field is wrong, the name of that field. */
export type Body = { bytes: Buffer; made: string; wrong?: string };

type Context = { api: Api; violations: Violations; home: Home };

const KINDS = Object.keys(mutations);

/** Generates bodies for an operation: valid ones, bodies that break one rule, and arbitrary bytes. */
export function bodies(
  { api, violations, home }: Context,
  operation: Operation,
): fc.Arbitrary<Body | undefined> {
  const { body: schema } = operation;
  if (schema === undefined) {
    return fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: junk });
  }
  const { resolve } = api;
  const byName = knownGood(home);
  const hints = { byName, plainOneIn: 12 };
  const good = valid(resolve, hints, schema);
  const best = valid(resolve, { byName, plainOneIn: 0 }, schema).map(makeConsistent);
  const isValid = (each: Schema, value: unknown) => violations(each, value).length === 0;
  const breaking =
    makeBroken(resolve, hints, isValid)(schema) ?? fc.constant({ value: null, keyword: 'type', path: [] });

  return fc.oneof(
    { weight: 8, arbitrary: best.map((value) => ({ bytes: encode(value), made: 'valid, by all rules' })) },
    { weight: 8, arbitrary: good.map((value) => ({ bytes: encode(value), made: 'valid by the schema' })) },
    {
      weight: 8,
      arbitrary: breaking.map(({ value, keyword, path }) => ({
        bytes: encode(value),
        made: `breaks ${keyword} at /${path.join('/')}`,
        wrong: String(path.findLast((part) => typeof part === 'string' && part !== 'jobs') ?? 'body'),
      })),
    },
    {
      weight: 6,
      arbitrary: mutated(best),
    },
    { weight: 1, arbitrary: junk },
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: best.map((value) => ({ bytes: gzipSync(encode(value)), made: 'gzipped' })) },
  );
}

const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<Body> {
  return fc.tuple(values, fc.constantFrom(...KINDS), fc.nat()).map(([value, kind, salt]) => ({
    bytes: Buffer.from(mutations[kind]?.(JSON.stringify(value), salt) ?? ''),
    made: `mutated: ${kind}`,
  }));
}

const junk: fc.Arbitrary<Body> = fc
  .oneof(
    anyJson.map((value) => encode(value)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom('', ' ', 'null', '[]', '{}', '"', '[[[[', '{"__proto__":{}}')
      .map((text) => Buffer.from(text)),
  )
  .map((bytes) => ({ bytes, made: 'junk' }));
