import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  describeResult,
  isSuccess,
  type RunningSuite,
  startSuite,
  type SuiteResult,
} from '../../aws/run/run-suites.ts';

let directory: string;
const lines: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-test-run-suites-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const reportOf = (passed: number, failed: number, skipped: number): string =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped });

/** Runs `code` as a suite that must write its report to the file `report`. */
async function start(name: string, code: string): Promise<RunningSuite> {
  const script = join(directory, `${name}.mjs`);
  const reportFile = join(directory, `${name}.json`);
  const prelude = `import { writeFileSync } from 'node:fs'; const report = ${JSON.stringify(reportFile)};\n`;
  await writeFile(script, prelude + code);
  return startSuite({ name, args: [script], env: process.env, reportFile }, (line) => void lines.push(line));
}

const ends = { ifPossible: false };

test('a suite that fails does not stop the other suite, and each line of output names its suite', async () => {
  const failing = await start(
    'first',
    `console.error('one'); writeFileSync(report, '${reportOf(1, 1, 0)}'); process.exitCode = 1;`,
  );
  const failed = await failing.result;
  const passing = await start('second', `console.log('two'); writeFileSync(report, '${reportOf(2, 0, 1)}');`);
  const passed = await passing.result;
  expect(failed).toMatchObject({ kind: 'ran', passed: 1, failed: 1, skipped: 0, exitCode: 1 });
  expect(passed).toMatchObject({ kind: 'ran', passed: 2, failed: 0, skipped: 1, exitCode: 0 });
  expect([isSuccess(failed, ends), isSuccess(passed, ends)]).toEqual([false, true]);
  expect(lines).toEqual(['first | one', 'second | two']);
});

test('a suite that succeeds without a report counts as broken off', async () => {
  const suite = await start('silent', '');
  const result = await suite.result;
  expect(result).toMatchObject({ kind: 'broke off', exitCode: 0 });
  expect(isSuccess(result, ends)).toBe(false);
});

test('a suite can be stopped', async () => {
  const suite = await start('endless', 'setInterval(() => {}, 1_000);');
  await suite.stop();
  expect(await suite.result).toMatchObject({ kind: 'broke off', exitCode: null });
});

describe('the line about a suite, and whether it is a success', () => {
  const ran = { kind: 'ran', passed: 13, failed: 0, skipped: 1, exitCode: 0, seconds: 300 } as const;
  const reason = 'LocalStack needs Python 3.13 or newer';
  const table: [SuiteResult, { must: boolean; may: boolean }, string][] = [
    [ran, { must: true, may: true }, 'LocalStack: 13 passed, 0 failed, 1 skipped in 300 s'],
    [
      { ...ran, passed: 0 },
      { must: false, may: false },
      'LocalStack: 0 passed, 0 failed, 1 skipped in 300 s',
    ],
    [
      { ...ran, exitCode: 1 },
      { must: false, may: false },
      'LocalStack: 13 passed, 0 failed, 1 skipped in 300 s, exit code 1',
    ],
    [
      { kind: 'broke off', exitCode: 1, seconds: 20 },
      { must: false, may: false },
      'LocalStack: ended before its tests did, after 20 s, exit code 1',
    ],
    [
      { kind: 'broke off', exitCode: null, seconds: 20 },
      { must: false, may: false },
      'LocalStack: ended before its tests did, after 20 s, by a signal',
    ],
    [{ kind: 'did not run', reason }, { must: false, may: true }, `LocalStack did not run: ${reason}`],
  ];

  test.for(table)('the line about a suite and its success: %o', ([result, { must, may }, line]) => {
    expect(describeResult('LocalStack', result)).toBe(line);
    expect([isSuccess(result, { ifPossible: false }), isSuccess(result, { ifPossible: true })]).toEqual([
      must,
      may,
    ]);
  });
});
