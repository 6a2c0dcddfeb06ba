// Checks the OpenAPI document with Redocly's rules, makes TypeScript's types of it, and compiles the requests that the
// documents show against these types.
//   npm run lint:openapi
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeOpenApiDocument } from '../lib/api/openapi.ts';
import { findExamples, writeExamples } from './support/request-examples.ts';

const root = join(import.meta.dirname, '..');
const tools = join(root, 'scripts', 'openapi-tools');
const CHECK_TIMEOUT_MS = 120_000;

/** Runs a program whose output goes to the terminal. */
function run(directory: string, file: string, args: string[], timeout: number): boolean {
  const { status, error } = spawnSync(file, args, { cwd: directory, stdio: 'inherit', timeout });
  if (error !== undefined) console.error(error.message);
  return status === 0;
}

async function readExamples(paths: string[]) {
  const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: root }).sort();
  const texts = await Promise.all(pages.map((page) => readFile(join(root, page), 'utf8')));
  return pages.flatMap((page, index) => findExamples(page, texts[index] ?? '', paths));
}

async function check(directory: string): Promise<boolean> {
  const document = makeOpenApiDocument();
  const examples = await readExamples(Object.keys(document.paths ?? {}));
  await writeFile(join(directory, 'openapi.json'), JSON.stringify(document));
  await writeFile(join(directory, 'examples.ts'), writeExamples(examples));
  if (examples.length === 0) {
    console.error('lint:openapi: no page shows a request with a body');
    return false;
  }
  const program = (name: string): string => join(tools, 'node_modules', '.bin', name);
  const makeTypes = ['openapi.json', '--redocly', join(tools, 'redocly.yaml'), '--output', 'openapi.d.ts'];
  const compile = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', 'examples.ts'];
  const isSound =
    run(directory, program('openapi-typescript'), makeTypes, CHECK_TIMEOUT_MS) &&
    run(directory, program('tsc'), compile, CHECK_TIMEOUT_MS);
  if (isSound) console.log(`lint:openapi: the document, and ${examples.length} requests of the pages`);
  return isSound;
}

const directory = await mkdtemp(join(tmpdir(), 'belfry-openapi-'));
try {
  process.exitCode = (await check(directory)) ? 0 : 1;
} finally {
  await rm(directory, { recursive: true });
}
