import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { hashApiKey, isApiKey } from '../../../lib/app/api-key.ts';
import { findApiKey } from '../../../lib/db/api-keys.ts';
import { createBelfryDatabase } from '../../support/belfry-database.ts';

const { pool, url, drop } = await createBelfryDatabase();
afterAll(drop);

/** The URL of a database without Belfry's tables, with parts that must not be shown. */
const withoutSchema = new URL(url);
withoutSchema.pathname = '/postgres';
withoutSchema.searchParams.set('application_name', 'hunter2');

const SCRIPT = fileURLToPath(new URL('../../../local/commands/keys/main.ts', import.meta.url));
const run = promisify(execFile);

/** Runs the command as a user does, in a process of its own. */
async function keys(args: string[], env: Record<string, string> = { DATABASE_URL: url }) {
  const options = { env: { PATH: process.env['PATH'], ...env } };
  const { stdout, stderr, code } = await run(process.execPath, [SCRIPT, ...args], options).then(
    (output) => ({ ...output, code: 0 }),
    (failed: { stdout: string; stderr: string; code: number }) => failed,
  );
  return { lines: stdout.trimEnd().split('\n'), stderr: stderr.trimEnd(), code };
}

describe('npm run keys', () => {
  test('npm run keys creates the first key of a deployment, lists it without the key, and revokes it', async () => {
    const expires = '2031-05-01T12:00:00Z';
    const asked = `create --name ops --scope admin --scope read --expires ${expires} --rate-limit 50`;
    const made = await keys([...asked.split(' '), '--database-url', url], {});
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const key = made.lines[1]!;
    expect(isApiKey(key)).toBe(true);
    const found = await findApiKey(pool, hashApiKey(key));
    expect(found).toMatchObject({
      scopes: ['admin', 'read'],
      rateLimitPerSecond: 50,
      expiresAt: new Date(expires),
    });

    const other = await keys(['create', '--name', 'two', '--scope', 'admin']);
    expect(other.code).toBe(0);
    expect((await keys(['revoke', '--id', String(found?.id)])).lines[0]).toContain('revoked');
    const { lines } = await keys(['list']);
    expect(lines).toEqual([expect.stringMatching(/ops .*revoked 20/), expect.stringContaining('two')]);
    expect(lines.join()).not.toContain('bfy_');
  });

  test.each([
    [['revoke', '--id', '999'], /there is no valid key 999/],
    [['revoke', '--id', 'x'], /id: must be the id of a key, which is a positive integer/],
    [['create', '--name', 'admin', '--scope', 'read'], /the name "admin" is reserved/],
    [
      ['create', '--scope', 'root'],
      /name: is missing.*scopes\[0\]: must be one of read, write, admin, calendar/,
    ],
    [
      ['create', '--name', 'x', '--scope', 'read', '--expires', '2020-01-01T00:00:00Z'],
      /must be in the future/,
    ],
    [['create', '--name', 'x', '--scope', 'read', '--rate-limit', 'many'], /rateLimitPerSecond: must be/],
    [['list', '--name', 'x'], /list takes no --name/],
    [['list', '--password', 'x'], /unknown option --password/],
    [['rotate'], /^give one command: create, list or revoke/],
    [[], /^give one command: create, list or revoke/],
  ])('npm run keys refuses %j with the reason', async (args, reason) => {
    const { stderr, code } = await keys(args);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  });

  test.each([
    [{}, /URL is missing/],
    [{ DATABASE_URL: 'hunter2' }, /does not begin with postgresql/],
    [{ DATABASE_URL: 'postgresql://belfry:hunter2@127.0.0.1:1/belfry' }, /does not answer: .*ECONNREFUSED/],
    [{ DATABASE_URL: withoutSchema.href }, /no tables of Belfry/],
  ])('npm run keys reports a database that it cannot use, and shows no password', async (env, reason) => {
    const { lines, stderr, code } = await keys(['list'], env);
    expect(stderr).toMatch(reason);
    expect(lines.join() + stderr).not.toContain('hunter2');
    expect(code).toBe(1);
  });
});
