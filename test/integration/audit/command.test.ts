import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { auditRules } from '../../../lib/audit/run-audit.ts';
import { runAuditCommand } from '../../../local/commands/audit/command.ts';
import { aJob } from '../../support/a-job.ts';
import { createBelfry, type Belfry } from '../../support/belfry.ts';
import { freePort } from '../../support/free-port.ts';

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry('2030-03-04T10:00:00.000Z');
  await belfry.createJobs([aJob({ schedule: '* * * * *' }), aJob({ schedule: '@every 20s' })]);
  await belfry.clock.advanceBy(10_000);
});
afterEach(() => belfry.close());

const withPassword = (address: string): string => {
  const url = new URL(address);
  url.password = 'hush%2Fhush';
  return url.href;
};

/** The command in this process, with the time of the test. */
async function run(args: string[], env: Record<string, string> = {}) {
  const output: string[] = [];
  const errors: string[] = [];
  const { clock, tag } = belfry;
  const code = await runAuditCommand(args, env, {
    write: (line) => output.push(line),
    complain: (line) => errors.push(line),
    clock,
    tag,
  });
  const [stdout, stderr] = [output.join('\n'), errors.join('\n')];
  expect(stdout + stderr).not.toMatch(/hush/);
  return { code, stdout, stderr };
}

const damage = () =>
  belfry.pool.query(`delete from job_executions where execution_time = '2030-03-04T10:01:00Z'`);

const documentSchema = z.strictObject({
  at: z.iso.datetime(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  isClean: z.boolean(),
  rules: z.array(
    z.strictObject({
      name: z.string(),
      promise: z.string(),
      findings: z.array(
        z.strictObject({
          jobId: z.int().optional(),
          executionId: z.int().optional(),
          executionTime: z.iso.datetime().optional(),
          detail: z.string(),
        }),
      ),
      rowsRead: z.int(),
      undecided: z.int(),
      isComplete: z.boolean(),
      durationMs: z.int(),
    }),
  ),
});

describe('npm run audit:database', () => {
  test('the audit exits with 0 and one line for each rule when every rule holds', async () => {
    const { code, stdout } = await run(['--database-url', withPassword(belfry.databaseUrl)]);
    expect(code).toBe(0);
    const marks = stdout.split('\n').filter((line) => /^ok {4}[a-z-]+: /.test(line));
    expect(marks).toHaveLength(auditRules.length);
    expect(stdout).toContain(`${auditRules.length} rules, nothing found.`);
  });

  test('the audit takes the address from the environment, where no list of processes shows it', async () => {
    const { code } = await run([], { DATABASE_URL: withPassword(belfry.databaseUrl) });
    expect(code).toBe(0);
  });

  test('the audit exits with 1 and names the violations when a rule is broken', async () => {
    await damage();
    const until = ['--until', '2030-03-04T10:01:30Z'];
    const { code, stdout } = await run(['--database-url', belfry.databaseUrl, ...until]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}occurrences-dispatched: /m);
    expect(stdout).toMatch(/^ {8}job \d+ of 2030-03-04T10:01:00.000Z: it has no execution$/m);
    expect(stdout).toContain(`1 of ${auditRules.length} rules are broken.`);
  });

  test('the audit writes one JSON document on request', async () => {
    await damage();
    const options = ['--until', '2030-03-04T10:01:30Z', '--json'];
    const { code, stdout } = await run(['--database-url', belfry.databaseUrl, ...options]);
    expect(code).toBe(1);
    const { isClean, rules } = documentSchema.parse(JSON.parse(stdout));
    expect(isClean).toBe(false);
    expect(rules.flatMap(({ findings }) => findings)).toHaveLength(2);
  });

  test('the audit compares the queue too when it is given one', async () => {
    const args = ['--database-url', belfry.databaseUrl, '--redis-url', belfry.redisUrl];
    expect(await run(args)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok {4}queue-agrees/m) });
    await belfry.redis.flushdb();
    await belfry.clock.advanceBy(5_000);
    expect(await run(args)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/it is not in the queue/),
    });
  });

  test('the audit exits with 2 when it stopped before it had read everything', async () => {
    const { code, stdout } = await run(['--database-url', belfry.databaseUrl, '--max-rows', '1']);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^part {2}/m);
  });

  test('the audit exits with 2 when the database does not answer, and does not show the password', async () => {
    const url = `postgresql://someone:hush%2Fhush@127.0.0.1:${await freePort()}/belfry`;
    const { code, stderr } = await run(['--database-url', url]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/PostgreSQL does not answer.*ECONNREFUSED/);
  });

  test.for([
    {
      args: ['--database-url', 'mysql://someone:hush@nowhere/belfry'],
      says: /--database-url must be a URL/,
    },
    { args: ['postgresql://someone:hush@nowhere/belfry'], says: /not an option/ },
    { args: ['--since', 'hush'], says: /--since must be a time/ },
    { args: ['--limit', '0'], says: /--limit / },
    { args: ['--since', '2030-03-04T11:00:00Z'], says: /--since must be before --until/ },
  ])('the audit exits with 2 and an explanation for $args, without any value', async ({ args, says }) => {
    const { code, stderr } = await run(args, { DATABASE_URL: belfry.databaseUrl });
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });

  test('the audit shows its usage on request', async () => {
    expect(await run(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/--redis-url URL/),
    });
  });

  test('the exit code of the program npm run audit:database is that of the audit', async () => {
    const exitCode = async (...args: string[]) => {
      const child = spawn(process.execPath, ['local/commands/audit/main.ts', ...args], {
        stdio: 'ignore',
        env: { DATABASE_URL: belfry.databaseUrl },
      });
      return (await once(child, 'close'))[0];
    };
    expect(await Promise.all([exitCode(), exitCode('--json', '--limit', 'many')])).toEqual([0, 2]);
  });
});
