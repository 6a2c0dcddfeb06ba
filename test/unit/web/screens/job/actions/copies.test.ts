import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readOnlyFields } from '../../../../../../lib/domain/read-back.ts';
import type { Job } from '../../../../../../web/api/types.ts';
import { writeCommand } from '../../../../../../web/base/write-command.ts';
import { secretNames, toCdk, toCreation, toYaml } from '../../../../../../web/screens/job/actions/copies.ts';
import { parseCurl } from '../../../../../../web/screens/job-form/curl/parse-curl.ts';

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fields that the copies depend on
const job = {
  id: 7,
  name: "it's 5 o'clock",
  key: null,
  description: null,
  tags: ['a b'],
  group: null,
  owner: null,
  schedule: '0 5 * * *',
  timeZone: 'Europe/Berlin',
  api: 'https://example.com/x',
  method: 'POST',
  headers: { Authorization: '[secret]' },
  secretHeaders: ['Authorization'],
  body: { text: 'line\nbreak', on: true },
  isActive: true,
  nextExecutionTime: '2031-05-01T03:00:00.000Z',
  failuresInARow: 0,
  lastOutcome: null,
  pausedByFailuresAt: null,
} as unknown as Job;

test('the copied command creates the job: a shell reads its JSON unchanged', () => {
  const read = parseCurl(
    writeCommand(toCreation(job), { root: 'http://127.0.0.1:8080/', hasGatewayKey: false }),
  );
  expect(read).toMatchObject({ method: 'POST', url: 'http://127.0.0.1:8080/api/v1/jobs' });
  expect(JSON.parse(read.body.text)).toMatchObject({ name: "it's 5 o'clock", body: { text: 'line\nbreak' } });
  expect(read.body.text).not.toMatch(/nextExecutionTime|failuresInARow|lastOutcome|pausedByFailuresAt|"id"/);
});

test('no copy has a field that Belfry sets', () => {
  const whole = {
    ...job,
    ...Object.fromEntries(readOnlyFields.map((name) => [name, 'read'])),
  };
  expect(toYaml(whole)).toBe(toYaml(job));
});

test('YAML quotes what it would take for something else', () => {
  expect(toYaml(job).split('\n')).toEqual([
    `name: "it's 5 o'clock"`,
    'tags: ["a b"]',
    'schedule: "0 5 * * *"',
    'timeZone: Europe/Berlin',
    'api: "https://example.com/x"',
    'method: POST',
    'headers:',
    '  Authorization: "[secret]"',
    'secretHeaders: ["Authorization"]',
    'body:',
    String.raw`  text: "line\nbreak"`,
    '  "on": true',
    'isActive: true',
  ]);
});

/** Characters that a version of YAML may take for something else. */
const SIGNS = Array.from(' :#-?&*!|>%@`\'"{}[],\n\t\\~ayn1.0é📦\u007f\u0085\u2028\ufeff');

test('a parser of YAML reads the job that the copied command creates, with any text and any body', () => {
  const text = fc.string({ unit: fc.constantFrom(...SIGNS) });
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(text, tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(text, fc.array(text), value, (name, tags, body) => {
      const copied = { ...job, name, tags, body };
      for (const version of ['1.2', '1.1'] as const)
        expect(parse(toYaml(copied), { version })).toEqual(toCreation(copied).body);
    }),
    { numRuns: 500 },
  );
});

test('an empty list or record that differs from the default is copied', () => {
  const copied = { ...job, stopOn: [], body: {}, tags: [], secretHeaders: [] };
  expect(toCreation(copied).body).toMatchObject({ stopOn: [], body: {} });
  expect(toCreation(copied).body).not.toHaveProperty('tags');
  expect(toCdk(copied)).toContain('"stopOn": []');
  expect(toYaml(copied)).toMatch(/^stopOn: \[\]$/m);
});

test('secrets that no copy has are named', () => {
  expect(secretNames(job)).toEqual(['Authorization']);
});
