import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { listen } from '../../support/listen.ts';

const home = mkdtempSync(join(tmpdir(), 'belfry-test-e2e-commands-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const scripts = { e2e: 'both.ts', 'e2e:aws': 'ministack.ts', 'e2e:localstack': 'localstack.ts' };
type Command = keyof typeof scripts;

/** Runs a command with an empty PATH and home, so that it finds no Python unless `env` names one. */
async function run(
  command: Command,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<{ code: unknown; output: string }> {
  const script = fileURLToPath(new URL(`../../aws/run/${scripts[command]}`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
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

const needsPython = (name: string, version: string) =>
  `${name} needs Python ${version} or newer; there is no python3 with venv and pip: spawn python3 ENOENT. \`uv python install ${version}\` gets one\n`;
const noMiniStack = needsPython('MiniStack', '3.10');
const noLocalStack = needsPython('LocalStack', '3.13');

describe('the commands without Python', () => {
  test.for([
    ['e2e:aws', noMiniStack],
    ['e2e:localstack', noLocalStack],
  ] as const)('%s says in one line what it needs, and fails', async ([command, line]) => {
    expect(await run(command)).toEqual({ code: 1, output: `belfry: ${line}` });
  });

  test.for([
    ['e2e:aws', noMiniStack],
    ['e2e:localstack', noLocalStack],
  ] as const)('%s --if-possible says that it did not run, and does not fail', async ([command, line]) => {
    expect(await run(command, ['--if-possible'])).toEqual({
      code: 0,
      output: `${command} did not run: ${line}`,
    });
  });

  const bothLines = `MiniStack did not run: ${noMiniStack}LocalStack did not run: ${noLocalStack}`;

  test('e2e reports for both emulators that they did not run, and fails', async () => {
    expect(await run('e2e')).toEqual({ code: 1, output: bothLines });
  });

  test('e2e --if-possible reports for both emulators that they did not run, and does not fail', async () => {
    expect(await run('e2e', ['--if-possible'])).toEqual({ code: 0, output: bothLines });
  });
});

test('e2e:localstack names the version of a Python that is too old', async () => {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'python3'), '#!/bin/sh\necho 3.9\n');
  chmodSync(join(bin, 'python3'), 0o755);
  expect(await run('e2e:localstack', [], { PATH: bin })).toEqual({
    code: 1,
    output:
      'belfry: LocalStack needs Python 3.13 or newer; python3 is 3.9. `uv python install 3.13` gets one\n',
  });
});

const probe = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', probe], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!hasPython())(
  'e2e:aws says in one line that pip cannot install MiniStack when the package index is unreachable',
  // `python3 -m venv` takes seconds, and most of a minute where the machine is busy with others.
  { timeout: 240_000 },
  async () => {
    const { code, output } = await run('e2e:aws', ['--if-possible'], {
      PATH: process.env['PATH'] ?? '',
      XDG_CACHE_HOME: join(home, 'cache'),
      PIP_CONFIG_FILE: '/dev/null',
      // Only root may listen below 1,024, and nothing listens on port 1.
      PIP_INDEX_URL: 'http://127.0.0.1:1/simple',
      // By default pip waits for 8 seconds between its attempts.
      PIP_RETRIES: '0',
    });
    const lines = output.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^ {2}… installing MiniStack to .*, once$/),
      expect.stringMatching(/^e2e:aws did not run: pip cannot install MiniStack: ERROR: .*ministack==/),
    ]);
    expect(code).toBe(0);
  },
);

test('e2e:localstack says in one line that its port is taken', async () => {
  const server = createServer();
  const port = await listen(server);
  const { code, output } = await run('e2e:localstack', [], { LOCALSTACK_PORT: String(port) });
  server.close();
  expect(output).toBe(
    `belfry: port ${port} of 127.0.0.1 is taken; set LOCALSTACK_PORT to another, or leave it out for a free one\n`,
  );
  expect(code).toBe(1);
});

test.for(['e2e', 'e2e:localstack'] as const)('%s names an invalid setting', async (command) => {
  const { code, output } = await run(command, [], { LOCALSTACK_PORT: 'any' });
  expect({ code, output }).toEqual({ code: 1, output: 'belfry: not valid: LOCALSTACK_PORT\n' });
});

// A LocalStack image that needs a token and has none ends at its start, so that nothing answers at its address.
test('e2e:localstack says in one line that the given LocalStack does not answer, and that newer images need a token', async () => {
  const { code, output } = await run('e2e:localstack', [], { LOCALSTACK_ENDPOINT: 'http://127.0.0.1:1' });
  expect(output).toBe(
    'belfry: no emulator answers at http://127.0.0.1:1. A LocalStack image after 4.14 ends at its start with exit code 55 unless LOCALSTACK_AUTH_TOKEN is set: use localstack/localstack:4.14.0\n',
  );
  expect(code).toBe(1);
});
