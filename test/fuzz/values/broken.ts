import * as fc from 'fast-check';
import type { Resolve, Schema } from '../document/schema.ts';
import { bounds, type Hints, valid } from './valid.ts';

/** A value that breaks exactly one keyword of its schema, at one place. */
export type Broken = { value: unknown; keyword: string; path: readonly (string | number)[] };

type Make = (value: unknown) => Broken;
const broken =
  (keyword: string, path: Broken['path'] = []): Make =>
  (value) => ({ value, keyword, path });

/** Generates values that break a schema; undefined when no value can break it. */
export function makeBroken(
  resolve: Resolve,
  hints: Hints,
  isValid: (schema: Schema, value: unknown) => boolean,
): (schema: Schema) => fc.Arbitrary<Broken> | undefined {
  return function breaking(reference) {
    const schema = resolve(reference);
    const ways = [...breakHere(resolve, hints, schema), ...breakInside(resolve, hints, schema, breaking)];
    if (ways.length === 0) return undefined;
    // A value that breaks one branch of an anyOf may be valid by another branch.
    return fc.oneof(...ways).filter(({ value }) => !isValid(reference, value));
  };
}

const SAMPLES: Record<string, readonly unknown[]> = {
  null: [null],
  boolean: [true, false],
  integer: [0, 7],
  number: [1.5, -1e300],
  string: ['', '7', 'true'],
  array: [[], [1]],
  object: [{}, { a: 1 }],
};

function breakHere(resolve: Resolve, hints: Hints, schema: Schema): fc.Arbitrary<Broken>[] {
  const ways: fc.Arbitrary<Broken>[] = [];
  if (schema.type !== undefined) {
    const others = Object.entries(SAMPLES).filter(
      ([type]) => type !== schema.type && !(schema.type === 'number' && type === 'integer'),
    );
    ways.push(fc.constantFrom(...others.flatMap(([, samples]) => samples)).map(broken('type')));
  }
  if (schema.const === true) ways.push(fc.constant(broken('const')(false)));
  if (schema.enum !== undefined) ways.push(fc.string({ unit: 'binary' }).map(broken('enum')));
  if (schema.enum !== undefined) {
    ways.push(
      fc.constantFrom(...schema.enum).map((value) => broken('enum')(` ${String(value).toLowerCase()}`)),
    );
  }
  if (schema.type === 'integer') ways.push(...breakNumber(schema));
  if (schema.type === 'string') ways.push(...breakText(schema));
  if (schema.type === 'array') ways.push(...breakCount(resolve, hints, schema));
  if (schema.type === 'object') ways.push(...breakProperties(resolve, hints, schema));
  return ways;
}

function breakNumber(schema: Schema): fc.Arbitrary<Broken>[] {
  const { min, max } = bounds(schema);
  const ways = [
    fc
      .constantFrom(min + 0.5, max - 0.25)
      .filter((value) => !Number.isInteger(value))
      .map(broken('type')),
  ];
  if (schema.minimum !== undefined)
    ways.push(fc.constantFrom(min - 1, -(2 ** 40), -1e300).map(broken('minimum')));
  if (schema.maximum !== undefined)
    ways.push(fc.constantFrom(max + 1, 2 ** 63, 1e300).map(broken('maximum')));
  return max >= 2 ** 52 ? ways.slice(1) : ways;
}

const NO_URLS = [
  '',
  'example.com',
  '/path',
  'ftp://a/',
  'http://',
  'http://a b/',
  'http://u:p@a/',
  'http://a/#b',
  '\u0000http://a/',
];
const CONTROLS = ['\n', '\t', '\u0000', '\u007f', '\u0085', 'a\r\nb'];

const NO_INSTANTS = [
  '',
  '2031-05-01',
  '2031-05-01T12:00Z',
  '2031-05-01T12:00:00',
  '2031-02-30T12:00:00Z',
  '2031-05-01T12:00:00+2',
  'tomorrow',
];

function breakText({ minLength = 0, maxLength, pattern, format }: Schema): fc.Arbitrary<Broken>[] {
  const isUrl = pattern?.includes('://') === true;
  const ways: fc.Arbitrary<Broken>[] = [];
  if (minLength > 0) ways.push(fc.constant('x'.repeat(minLength - 1)).map(broken('minLength')));
  if (maxLength !== undefined) {
    const tooLong = fc.constantFrom(maxLength + 1, maxLength * 3).map((length) => 'x'.repeat(length));
    ways.push((isUrl ? tooLong.map((text) => `http://127.0.0.1/${text}`) : tooLong).map(broken('maxLength')));
  }
  if (format === 'date-time') ways.push(fc.constantFrom(...NO_INSTANTS).map(broken('format')));
  if (pattern !== undefined)
    ways.push(fc.constantFrom(...(isUrl ? NO_URLS : CONTROLS)).map(broken('pattern')));
  return ways;
}

function breakCount(resolve: Resolve, hints: Hints, schema: Schema): fc.Arbitrary<Broken>[] {
  const { items = {}, minItems = 0, maxItems, uniqueItems = false } = schema;
  const item = valid(resolve, hints, items);
  const ways: fc.Arbitrary<Broken>[] = [];
  const times = (count: number) => item.map((one) => Array.from({ length: count }, () => one));
  if (minItems > 0) ways.push(times(minItems - 1).map(broken('minItems')));
  if (maxItems !== undefined) ways.push(times(maxItems + 1).map(broken('maxItems')));
  if (uniqueItems) ways.push(times(2).map(broken('uniqueItems')));
  return ways;
}

const EXTRA_NAMES = [
  'extra',
  '__proto__',
  'constructor',
  'toString',
  'id',
  'createdAt',
  'Schedule',
  'schedule ',
  '',
  '\u0000',
];

function breakProperties(resolve: Resolve, hints: Hints, schema: Schema): fc.Arbitrary<Broken>[] {
  const { required = [], additionalProperties, minProperties, maxProperties } = schema;
  const whole = valid(resolve, hints, schema).filter((value) => typeof value === 'object' && value !== null);
  const ways: fc.Arbitrary<Broken>[] = required.map((name) =>
    whole.map((value) => broken('required', [name])(without(value, name))),
  );
  if (additionalProperties === false) {
    const extra = fc.tuple(whole, fc.constantFrom(...EXTRA_NAMES), fc.jsonValue({ maxDepth: 1 }));
    ways.push(
      extra.map(([value, name, more]) =>
        broken('additionalProperties', [name])(withField(value, name, more)),
      ),
    );
  }
  if (minProperties !== undefined && minProperties > 0)
    ways.push(fc.constant({}).map(broken('minProperties')));
  if (maxProperties !== undefined) {
    const names = Array.from({ length: maxProperties + 1 }, (_, index) => [`x-${index}`, 'v']);
    ways.push(fc.constant(Object.fromEntries(names)).map(broken('maxProperties')));
  }
  return ways;
}

function breakInside(
  resolve: Resolve,
  hints: Hints,
  schema: Schema,
  breaking: (schema: Schema) => fc.Arbitrary<Broken> | undefined,
): fc.Arbitrary<Broken>[] {
  const ways = (schema.anyOf ?? []).flatMap((branch) => breaking(branch) ?? []);
  if (schema.items !== undefined) {
    const item = valid(resolve, hints, schema.items);
    const inside = breaking(schema.items);
    if (inside !== undefined) {
      const around = fc.tuple(fc.array(item, { maxLength: 3 }), inside, fc.array(item, { maxLength: 1 }));
      ways.push(
        around.map(([before, { value, keyword, path }, after]) =>
          broken(keyword, [before.length, ...path])([...before, value, ...after]),
        ),
      );
    }
  }
  const whole = valid(resolve, hints, schema);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.readOnly === true) continue;
    const inside = breaking(property);
    if (inside === undefined) continue;
    ways.push(
      fc
        .tuple(whole, inside)
        .map(([rest, { value, keyword, path }]) =>
          broken(keyword, [name, ...path])(withField(rest, name, value)),
        ),
    );
  }
  if (typeof schema.additionalProperties === 'object') {
    const inside = breaking(schema.additionalProperties);
    if (inside !== undefined) {
      ways.push(
        inside.map(({ value, keyword, path }) => broken(keyword, ['x-tag', ...path])({ 'x-tag': value })),
      );
    }
  }
  return ways;
}

// Built from entries, because a name may be `__proto__`.
const withField = (object: unknown, name: string, value: unknown): unknown =>
  Object.fromEntries([...Object.entries(object ?? {}), [name, value]]);
const without = (object: unknown, name: string): unknown =>
  Object.fromEntries(Object.entries(object ?? {}).filter(([each]) => each !== name));
