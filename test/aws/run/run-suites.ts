import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as z from 'zod';

/** Names the file where a suite's vitest writes its JSON report. */
export const REPORT_FILE = 'BELFRY_E2E_REPORT';

/** A command that runs vitest, and the file where vitest writes its JSON report. */
export type Suite = { name: string; args: string[]; env: NodeJS.ProcessEnv; reportFile: string };

export type SuiteResult =
  | { kind: 'ran'; passed: number; failed: number; skipped: number; exitCode: number | null; seconds: number }
  | { kind: 'broke off'; exitCode: number | null; seconds: number }
  | { kind: 'did not run'; reason: string };

export type RunningSuite = { result: Promise<SuiteResult>; stop: () => Promise<void> };

const reportSchema = z
  .object({ numPassedTests: z.int(), numFailedTests: z.int(), numPendingTests: z.int() })
  .transform(({ numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped }) => ({
    passed,
    failed,
    skipped,
  }));

/** Starts a suite in a process of its own. Each line of its output is written with its name in front. */
export function startSuite(suite: Suite, write: (line: string) => void): RunningSuite {
  const { name, args, env, reportFile } = suite;
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...env, [REPORT_FILE]: reportFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => write(`${name} | ${line}`.trimEnd()));
  }
  const closed = once(child, 'close');

  async function waitForResult(): Promise<SuiteResult> {
    await closed;
    const { exitCode } = child;
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    const report = await readFile(reportFile, 'utf8').catch(() => undefined);
    if (report === undefined) return { kind: 'broke off', exitCode, seconds };
    return { kind: 'ran', ...reportSchema.parse(JSON.parse(report)), exitCode, seconds };
  }

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await closed;
  };
  return { result: waitForResult(), stop };
}

/** Tells whether a suite counts as a success. A suite that ran without a test does not. */
export function isSuccess(result: SuiteResult, { ifPossible }: { ifPossible: boolean }): boolean {
  switch (result.kind) {
    case 'ran':
      return result.exitCode === 0 && result.failed === 0 && result.passed > 0;
    case 'broke off':
      return false;
    case 'did not run':
      return ifPossible;
  }
}

/** One line for the end of a log. */
export function describeResult(name: string, result: SuiteResult): string {
  switch (result.kind) {
    case 'ran': {
      const { passed, failed, skipped, exitCode, seconds } = result;
      const counts = `${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`;
      return `${name}: ${counts}${exitCode === 0 ? '' : `, ${describeExit(exitCode)}`}`;
    }
    case 'broke off':
      return `${name}: ended before its tests did, after ${result.seconds} s, ${describeExit(result.exitCode)}`;
    case 'did not run':
      return `${name} did not run: ${result.reason}`;
  }
}

const describeExit = (exitCode: number | null): string =>
  exitCode === null ? 'by a signal' : `exit code ${exitCode}`;
