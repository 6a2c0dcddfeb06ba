import * as fc from 'fast-check';
import type { Resolve, Schema } from '../document/schema.ts';

export type Hints = {
  /** Values by property name, used instead of values from the schema because they are accepted more often. */
  byName: Readonly<Record<string, fc.Arbitrary<unknown>>>;
  /** One in this number of values of a known property comes from the schema alone; 0: none does. */
  plainOneIn: number;
};

/** Strings of any characters except half a surrogate pair: NUL, controls, combining marks, right to left, astral. */
const anyText = (bounds: { minLength?: number; maxLength?: number }) =>
  fc.string({ unit: 'binary', ...bounds });

const deep = fc.integer({ min: 25, max: 36 }).map((levels) => {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { nested: value };
  return value;
});

/** Generates any JSON value. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: deep },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, 5e-324, 1.7976931348623157e308, 2 ** 53, -(2 ** 63), 0.1 + 0.2),
  },
);

/** Generates values that are valid by a schema, including its boundaries. */
export function valid(
  resolve: Resolve,
  hints: Hints,
  reference: Schema,
  name?: string,
): fc.Arbitrary<unknown> {
  const hint = name === undefined ? undefined : hints.byName[name];
  const plain = fromSchema(resolve, hints, resolve(reference));
  if (hint === undefined) return plain;
  if (hints.plainOneIn === 0) return hint;
  return fc.oneof({ weight: hints.plainOneIn - 1, arbitrary: hint }, { weight: 1, arbitrary: plain });
}

function fromSchema(resolve: Resolve, hints: Hints, schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map((branch) => valid(resolve, hints, branch)));
  }
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const { type } = schema;
  if (type === undefined) return anyJson;
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return integers(schema);
    case 'string':
      return texts(schema);
    case 'array':
      return arrays(resolve, hints, schema);
    case 'object':
      return objects(resolve, hints, schema);
  }
}

export function bounds({ minimum = -(2 ** 53) + 1, maximum = 2 ** 53 - 1 }: Schema) {
  return { min: minimum, max: maximum };
}

function integers(schema: Schema): fc.Arbitrary<number> {
  const { min, max } = bounds(schema);
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
}

/** JSON Schema counts an astral character as one, JavaScript as two. */
const FILLERS = ['a', '\u00e9', '\u{1f514}', '\u{20000}'] as const;

/** URLs that match the pattern, but that Belfry or the target may refuse. */
const urls = fc.oneof(
  fc.webUrl({ withQueryParameters: true }),
  fc.constantFrom(
    'http://[::1',
    'http://a:99999/',
    'http://%00/',
    'https://ex\u00e4mple.com/\u{1f514}<>"{}|^`',
    'http://169.254.169.254/latest/meta-data',
    'http://0x7f.1/',
    'http://[::ffff:10.0.0.1]/',
    'https://localhost:22',
    `https://example.com/${'\u{1f514}'.repeat(1_500)}`,
  ),
);

const instants = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());

function texts({ pattern, format, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return instants;
  if (pattern?.includes('://') === true) return urls.filter((url) => new RegExp(pattern, 'u').test(url));
  // Random strings rarely match a pattern, unless it only excludes characters.
  if (pattern !== undefined && !pattern.startsWith('^[^')) {
    const isWithin = ({ length }: string) => length >= minLength && length <= maxLength;
    return fc.stringMatching(new RegExp(pattern)).filter(isWithin);
  }
  const fits = pattern === undefined ? () => true : (text: string) => new RegExp(pattern, 'u').test(text);
  const boundary = fc
    .tuple(fc.constantFrom(...FILLERS), fc.constantFrom(minLength, maxLength))
    .map(([filler, length]) => filler.repeat(length))
    .filter(fits);
  const any = anyText({ minLength, maxLength: Math.min(maxLength, 40) }).filter(fits);
  return fc.oneof({ weight: 4, arbitrary: any }, { weight: 1, arbitrary: boundary });
}

function arrays(resolve: Resolve, hints: Hints, schema: Schema): fc.Arbitrary<unknown[]> {
  const { items = {}, minItems = 0, maxItems = 8, uniqueItems = false } = schema;
  const item = valid(resolve, hints, items);
  const limits = { minLength: minItems, maxLength: Math.min(maxItems, 6) };
  if (uniqueItems) return fc.uniqueArray(item, limits);
  // A full array repeats one item: a thousand different items would take as long to make as a thousand requests.
  const most = item.map((one) => Array.from({ length: maxItems }, () => one));
  return fc.oneof({ weight: 150, arbitrary: fc.array(item, limits) }, { weight: 1, arbitrary: most });
}

function objects(resolve: Resolve, hints: Hints, schema: Schema): fc.Arbitrary<object> {
  const { properties, required = [], additionalProperties, minProperties = 0, maxProperties = 8 } = schema;
  if (properties !== undefined) {
    const fields = Object.entries(properties)
      .filter(([, each]) => each.readOnly !== true)
      .map(([name, each]) => [name, valid(resolve, hints, each, name)] as const);
    const record = fc.record(Object.fromEntries(fields), { requiredKeys: required });
    return record.filter((value) => Object.keys(value).length >= minProperties);
  }
  const value =
    typeof additionalProperties === 'object' ? valid(resolve, hints, additionalProperties) : anyJson;
  return fc.dictionary(fc.string({ unit: 'binary', maxLength: 10 }), value, {
    minKeys: minProperties,
    maxKeys: Math.min(maxProperties, 6),
  });
}
