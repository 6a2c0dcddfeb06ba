import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

// dclint's own types lead nowhere.
const resultsSchema = z.array(
  z.object({ messages: z.array(z.object({ line: z.number(), rule: z.string(), message: z.string() })) }),
);

test('the Compose file is valid, by the schema and by the rules of dclint', () => {
  const linter = new DCLinter({ rules: {}, quiet: false, debug: false, exclude: [] });
  const results = resultsSchema.parse(linter.lintFiles([pathOf('docker-compose.localstack.yml')], false));
  expect(results).toHaveLength(1);
  expect(results[0]?.messages).toEqual([]);
});

const home = mkdtempSync(join(tmpdir(), 'belfry-test-localstack-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Where there is no Python, neither on the PATH nor of pyenv's or uv's. */
async function run(args: string[], env: Record<string, string>): Promise<{ code: unknown; output: string }> {
  const child = spawn(process.execPath, [pathOf('test/aws/run/localstack.ts'), ...args], {
    env: { PATH: '', HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

const noPython =
  'LocalStack needs Python 3.13 or newer; there is no python3 with venv and pip: spawn python3 ENOENT. `uv python install 3.13` gets one\n';

test('without Python, e2e:localstack says in one line what it needs', async () => {
  expect(await run([], {})).toEqual({ code: 1, output: `belfry: ${noPython}` });
});

test('without Python, e2e:localstack --if-possible says that it did not run and is no failure', async () => {
  expect(await run(['--if-possible'], {})).toEqual({
    code: 0,
    output: `e2e:localstack did not run: ${noPython}`,
  });
});

test('e2e:localstack says in one line that its port is taken', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const { code, output } = await run([], { LOCALSTACK_PORT: String(port) });
  server.close();
  expect(output).toBe(
    `belfry: port ${port} of 127.0.0.1 is taken; set LOCALSTACK_PORT to another, or leave it out for a free one\n`,
  );
  expect(code).toBe(1);
});

test('e2e:localstack says in one line that the LocalStack that it is given has ended, as one does without its token', async () => {
  // Nobody may listen below 1,024 but root; nothing of a machine's own is on port 1.
  const { code, output } = await run([], { LOCALSTACK_ENDPOINT: 'http://127.0.0.1:1' });
  expect(output).toBe(
    'belfry: no emulator answers at http://127.0.0.1:1. LocalStack after 4.14 ends at its start unless LOCALSTACK_AUTH_TOKEN is set: use 4.14.0\n',
  );
  expect(code).toBe(1);
});
