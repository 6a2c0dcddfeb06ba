// Writes the API's types for the dashboard, from the OpenAPI document.
//   npm run api-types                writes web/generated/openapi.d.ts
//   npm run api-types -- --check     writes nothing; exits 1 when the file is out of date
// openapi-typescript needs TypeScript 5, so it is in a workspace of its own, scripts/openapi-tools.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeOpenApiDocument } from '../lib/api/openapi.ts';

const root = join(import.meta.dirname, '..');
const target = 'web/generated/openapi.d.ts';
const program = join(root, 'scripts/openapi-tools/node_modules/openapi-typescript/bin/cli.js');
const TIMEOUT_MS = 120_000;

// A field with a default may be left out of a request.
const { stdout, stderr, status, error } = spawnSync(
  process.execPath,
  [program, '--default-non-nullable=false'],
  {
    cwd: join(root, 'scripts/openapi-tools'),
    input: JSON.stringify(makeOpenApiDocument()),
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 16 * 1_048_576,
  },
);
if (status !== 0 || !stdout.includes('export interface paths')) {
  console.error(`api-types: openapi-typescript failed: ${error?.message ?? stderr}`);
  process.exitCode = 1;
} else if (process.argv.includes('--check')) {
  const stored = await readFile(join(root, target), 'utf8').catch(() => '');
  if (stored.replaceAll('\r\n', '\n') !== stdout) {
    console.error(`${target} is out of date: run \`npm run api-types\``);
    process.exitCode = 1;
  }
} else {
  await writeFile(join(root, target), stdout);
}
