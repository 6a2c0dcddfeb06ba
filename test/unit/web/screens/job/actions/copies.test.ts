import { expect, test } from 'vitest';
import { readOnlyFields } from '../../../../../../lib/domain/read-back.ts';
import type { Job } from '../../../../../../web/api/types.ts';
import { writeCommand } from '../../../../../../web/base/write-command.ts';
import { secretNames, toCreation, toYaml } from '../../../../../../web/screens/job/actions/copies.ts';
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
} as unknown as Job;

test('the copied command creates the job: a shell reads its JSON unchanged', () => {
  const read = parseCurl(
    writeCommand(toCreation(job), { root: 'http://127.0.0.1:8080/', hasGatewayKey: false }),
  );
  expect(read).toMatchObject({ method: 'POST', url: 'http://127.0.0.1:8080/api/v1/jobs' });
  expect(JSON.parse(read.body.text)).toMatchObject({ name: "it's 5 o'clock", body: { text: 'line\nbreak' } });
  expect(read.body.text).not.toMatch(/nextExecutionTime|failuresInARow|lastOutcome|"id"/);
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

test('secrets that no copy has are named', () => {
  expect(secretNames(job)).toEqual(['Authorization']);
});
