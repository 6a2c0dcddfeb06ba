import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const LOOPBACK_ONLY = new URL('../../support/loopback-only.ts', import.meta.url).href;

const server = createServer((_, response) => response.end('here'));
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null) ({ port } = address);
});
afterAll(() => server.close());

/** Evaluates an expression in a process that may reach only this machine, and in a thread of it. */
async function evaluate(expression: string): Promise<unknown[]> {
  const attempt = `(async () => ${expression})().catch((error) => (error.cause ?? error).message)`;
  const script = `
    import { Worker } from 'node:worker_threads';
    const thread = new Worker(\`import('node:worker_threads').then(async ({ parentPort }) => parentPort.postMessage(await ${attempt}))\`, { eval: true, env: {} });
    const inThread = await new Promise((resolve) => thread.once('message', resolve));
    console.log(JSON.stringify([await ${attempt}, inThread]));`;
  const args = ['--import', LOOPBACK_ONLY, '--input-type=module', '--eval', script];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout);
}

// 192.0.2.0/24 and .invalid are reserved: no request can reach a host even if the test fails.
test.each([
  'fetch("http://192.0.2.1/")',
  'fetch("http://[2001:db8::1]/")',
  'fetch("http://host.invalid/")',
  'import("node:dns/promises").then(({ Resolver }) => new Resolver().resolve4("host.invalid"))',
  'import("node:dns/promises").then(({ resolve4 }) => resolve4("host.invalid"))',
])('a process that may reach only this machine refuses %s, in its threads too', async (expression) => {
  const refused = expect.stringContaining('this process reaches only this machine');
  expect(await evaluate(expression)).toEqual([refused, refused]);
});

test('a process that may reach only this machine reaches it, by its address and by its name', async () => {
  expect(await evaluate(`fetch("http://127.0.0.1:${port}/").then((answer) => answer.text())`)).toEqual([
    'here',
    'here',
  ]);
  expect(await evaluate(`fetch("http://localhost:${port}/").then((answer) => answer.text())`)).toEqual([
    'here',
    'here',
  ]);
});
