import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import {
  checkBlockPaths,
  checkNpmCommands,
  npmCommandsOf,
  readScripts,
} from '../../../../scripts/docs/check-commands.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md', 'bench/README.md'], { cwd: root })
  .sort()
  .map((page) => ({ page, text: readFileSync(`${root}${page}`, 'utf8') }));
const commands = pages.flatMap(({ page, text }) => npmCommandsOf(page, text));

/** Scripts that print a help. The others run at once. */
const HAVE_HELP =
  /^(start|demo|bench|soak|overload|chaos|fuzz|keys|audit:database|configuration|lint:text|e2e(:\w+)?)$/;
const helps = new Map<string, string>();

async function askForHelp(script: string): Promise<void> {
  const [, file = ''] = /(\S+\.ts)$/.exec(readScripts(root)[script] ?? '') ?? [];
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/run.mjs', file, '--help'], {
    cwd: root,
  });
  helps.set(script, stdout);
}

beforeAll(async () => {
  await Promise.all(
    Object.keys(readScripts(root))
      .filter((script) => HAVE_HELP.test(script))
      .map(askForHelp),
  );
});

test('every npm script that a document names exists, and knows the options that the document gives it', () => {
  expect(commands.length).toBeGreaterThan(50);
  expect(checkNpmCommands(root, commands, (script) => helps.get(script))).toEqual([]);
});

test('every path of the repository in a shell block exists', () => {
  expect(pages.flatMap(({ page, text }) => checkBlockPaths(root, page, text))).toEqual([]);
});

test('a missing script, an unknown option and a missing path are found', () => {
  const text =
    'Run `npm run gone`, `npm run chaos -- --sed 7` or `npm run embed -- --chek`.\n\n```sh\nnode lib/gone.ts\n```\n';
  const faults = [
    ...checkNpmCommands(root, npmCommandsOf('page.md', text), (script) => helps.get(script)),
    ...checkBlockPaths(root, 'page.md', text),
  ];
  expect(faults.map(({ problem }) => problem)).toEqual([
    'there is no npm script gone',
    'npm run chaos does not know --sed',
    'npm run embed does not know --chek',
    'there is no lib/gone.ts',
  ]);
});

test('every command with a help says what it does and ends with its options', () => {
  expect(helps.size).toBeGreaterThan(9);
  for (const [script, help] of helps) {
    expect({ script, help }).toEqual({ script, help: expect.stringMatching(/--help/) });
    expect(help.split('\n').length).toBeGreaterThan(4);
  }
});
