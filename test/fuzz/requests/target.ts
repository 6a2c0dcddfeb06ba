import * as fc from 'fast-check';
import type { Operation, Parameter } from '../document/operations.ts';

/** An id in a path. `made` selects an id that this run created; `text` is used as it is. */
export type Id = { made: number } | { text: string };

export type Target = {
  /** The document's path, with `{id}` still in it. */
  path: string;
  id: Id;
  /** The query string, with its question mark. */
  query: string;
  /** A change of the path that the document does not describe. */
  odd: keyof typeof oddities | undefined;
};

const ODD_IDS = (
  '1 9007199254740991 4503599627370496 0 -1 1.5 abc -0 null 9007199254740992 9223372036854775807 9223372036854775808 ' +
  "99999999999999999999999999 %31 %00 %2f .. . 1%2f2 %2e%2e % %zz %ff 01 1e3 0x1 +1 %20 1;a=b {id} 1'-- \u00e9"
).split(' ');

const ids: fc.Arbitrary<Id> = fc.oneof(
  { weight: 10, arbitrary: fc.nat({ max: 10_000 }).map((made) => ({ made })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...ODD_IDS).map((text) => ({ text })),
  },
);

/** Changes of a path that proxies, frameworks and code read in different ways. None may cause a 5xx. */
export const oddities = {
  'slash at the end': (path: string) => `${path}/`,
  'two slashes': (path: string) => `/${path}`,
  'slashes inside': (path: string) => path.replaceAll('/', '//'),
  'another case': (path: string) => path.toUpperCase(),
  'up and down': (path: string) => `/x/..${path}`,
  'percent-encoded': (path: string) => path.replaceAll('a', '%61'),
  'a broken percent': (path: string) => `${path}%`,
  'NUL at the end': (path: string) => `${path}%00`,
  'a fragment': (path: string) => `${path}#a`,
  'absolute form': (path: string) => `http://elsewhere.invalid${path}`,
  asterisk: () => '*',
  'no slash': (path: string) => path.slice(1),
  'a stage': (path: string) => `/prod${path}`,
  'high bytes': (path: string) => `${path}\u00ff\u00e9`,
  long: (path: string) => `${path}/${'a'.repeat(2_100)}`,
  'very long': (path: string) => `${path}/${'a'.repeat(20_000)}`,
  'a prototype': () => '/__proto__',
  backslash: (path: string) => path.replaceAll('/', '\\'),
} as const;

const oddNames = Object.keys(oddities).filter((name): name is keyof typeof oddities => name in oddities);

export function targets(operation: Operation): fc.Arbitrary<Target> {
  const path = fc.constant(operation.path);
  const odd = fc.oneof(
    { weight: 30, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...oddNames) },
  );
  return fc.record({ path, id: ids, query: queries(operation.queryParameters), odd });
}

const ODD_PARTS = [
  ...'extra=1 =1 limit limit=1&limit=2 __proto__=1 constructor=x %ff=%ff %00=%00 a[b]=c limit=%31 &&&'.split(
    ' ',
  ),
  ...`offset=0;limit=1 status=SUCCESS&status= x=${'y'.repeat(2_100)}`.split(' '),
];
const ODD_VALUES =
  "null 1.5 -0 1e2 01 %31 NaN 1%00 9999999999999999999999999999 success [1] %F0%9F \u00e9 1'or'1'='1".split(
    ' ',
  );

function queries(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const none = fc.constant<string[]>([]);
  const known = parameters.map((parameter) =>
    fc.oneof(
      { weight: parameter.required === true ? 1 : 4, arbitrary: none },
      { weight: 3, arbitrary: values(parameter).map((value) => [value]) },
    ),
  );
  const strange = fc.constantFrom(...ODD_PARTS).map((text) => [text]);
  const parts = fc.tuple(
    ...known,
    fc.oneof({ weight: 20, arbitrary: none }, { weight: 1, arbitrary: strange }),
  );
  return parts.map((lists) => {
    const text = lists.flat().join('&');
    return text === '' ? '' : `?${text}`;
  });
}

/** Values of parameters that are strings: lists with filters that match something. */
const STRINGS: Readonly<Record<string, readonly string[]>> = {
  count: ['true'],
  since: ['2026-01-01T00%3A00%3A00Z', '1970-01-01T00:00:00%2B01:00'],
  until: ['2099-01-01T00%3A00%3A00Z', '2026-01-01T00%3A00%3A00.5Z'],
  nextBefore: ['2099-01-01T00%3A00%3A00Z'],
  host: ['127.0.0.1', 'LOCALHOST', '%5B::1%5D', 'example.com'],
  text: ['http', '100%25', 'a_b', '%5C%5C%5C'],
  ids: ['1', '1,2', '9007199254740,3'],
  keyPrefix: ['a', '%25', '%F4%8F%BF%BF'],
};

function values({ name, schema }: Parameter): fc.Arbitrary<string> {
  const { minimum = 0, maximum = 0 } = schema;
  const strings = STRINGS[name];
  const good = schema.enum
    ? fc.constantFrom(...schema.enum.map(String))
    : strings !== undefined && schema.type === 'string'
      ? fc.constantFrom(...strings)
      : fc
          .oneof(
            fc.constantFrom(minimum, maximum),
            fc.integer({ min: minimum, max: Math.min(maximum, 2_000) }),
          )
          .map(String);
  const bad = fc.constantFrom(String(minimum - 1), `${maximum + 1}`, '', ...ODD_VALUES);
  return fc
    .oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: bad })
    .map((value) => `${name}=${value}`);
}
