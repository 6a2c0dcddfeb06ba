type Mutation = (json: string, salt: number) => string | Buffer;

const at = (json: string, salt: number): number => salt % (json.length + 1);
const insert = (json: string, place: number, text: string): string =>
  json.slice(0, place) + text + json.slice(place);
const pick = <T>(from: readonly [T, ...T[]], salt: number): T => from[salt % from.length] ?? from[0];

/** Inserts a field after the first brace, into the outermost object. */
const withField = (json: string, field: string): string =>
  json.startsWith('{') ? `{${field}${json === '{}' ? '' : ','}${json.slice(1)}` : json;

const NUMBERS = [
  '1e400',
  '-1e400',
  '-0',
  '1E+2',
  '123456789012345678901234567890',
  '1e-999',
  '01',
  '+1',
  '.5',
  'NaN',
  '0x10',
] as const;
const NAMES = ['schedule', '\\u0073chedule', 'api', '__proto__', 'jobs', 'name', 'scopes'] as const;
const JUNK = [
  '\u0000',
  '\\u0000',
  '\\ud800',
  '\ud83d',
  '\u202e',
  '\ufeff',
  'e\u0301',
  '\\',
  '\n',
  '/*',
  "'",
] as const;

/**
 * Changes of a JSON text that no value can express. Each changes one place, so a job's URL or its schedule stays unchanged (see
 * `keepHome`).
 */
export const mutations: Readonly<Record<string, Mutation>> = {
  pretty: (json) => JSON.stringify(JSON.parse(json), null, 2),
  // The same value in another notation.
  escaped: (json) =>
    json.replaceAll(
      /[a-z\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  'byte order mark': (json) => `\ufeff${json}`,
  'utf-16': (json) => Buffer.from(json, 'utf16le'),
  truncated: (json, salt) => json.slice(0, at(json, salt)),
  'something after it': (json, salt) => json + pick([' ', '{}', ',', '\u0000', ']', 'x'], salt),
  'a name twice': (json, salt) => {
    const name = pick(NAMES, salt);
    return withField(withField(json, `"${name}":null`), `"${name}":1`);
  },
  'a number': (json, salt) =>
    withField(
      json,
      `"${pick(['body', 'maxRetryCount', 'timeoutMs', 'rateLimitPerSecond'], salt)}":${pick(NUMBERS, salt >> 2)}`,
    ),
  nested: (json, salt) => {
    const levels = pick([30, 31, 32, 33, 64, 1_000, 100_000], salt);
    return withField(json, `"body":${'['.repeat(levels)}${']'.repeat(levels)}`);
  },
  'a character': (json, salt) => insert(json, at(json, salt), pick(JUNK, salt >> 3)),
  'a byte': (json, salt) => {
    const bytes = Buffer.from(json);
    const place = salt % Math.max(1, bytes.length);
    return Buffer.concat([bytes.subarray(0, place), Buffer.from([salt & 255]), bytes.subarray(place + 1)]);
  },
  'a byte that is not utf-8': (json, salt) => {
    const bytes = Buffer.from(json);
    const place = salt % (bytes.length + 1);
    return Buffer.concat([
      bytes.subarray(0, place),
      Buffer.from([pick([0xff, 0xc0, 0x80, 0xed], salt)]),
      bytes.subarray(place),
    ]);
  },
  'something missing': (json, salt) => {
    const place = at(json, salt);
    return json.slice(0, place) + json.slice(place + 1 + (salt % 5));
  },
  blanks: (json, salt) => insert(json, json.length, ' \n\t\r'.repeat(1 + (salt % 50))),
};
