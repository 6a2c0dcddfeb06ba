// Writes the SQL and Lua files into one module, since no bundler and runtime agree on importing text.
//   npm run embed              writes lib/generated/embedded.ts
//   npm run embed -- --check   writes nothing; exits 1 when the module is out of date
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const target = 'lib/generated/embedded.ts';

type SourceFile = { file: string; text: string };

/** The list is empty if there is no such folder. */
function readFolder(folder: string, extension: string): SourceFile[] {
  return globSync(`*${extension}`, { cwd: path.join(root, folder) })
    .sort()
    .map((file) => ({
      file,
      // A checkout may have replaced line ends by CRLF, which must not change the module.
      text: readFileSync(path.join(root, folder, file), 'utf8').replaceAll('\r\n', '\n'),
    }));
}

function parseMigration({ file, text }: SourceFile) {
  const match = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file);
  if (!match) throw new Error(`${file}: a migration is named like 0001-jobs.sql`);
  return { file, version: Number(match[1]), name: match[2], text };
}

// Each file is one line of the module, so that a change is one line of the diff. People read and change the files in their
// folders.
const toLiteral = (text: string): string => JSON.stringify(text);

function render(): string {
  const scripts = readFolder('lib/redis/scripts', '.lua');
  const migrations = readFolder('lib/db/migrations', '.sql').map(parseMigration);
  for (const [index, { file, version }] of migrations.entries()) {
    const before = migrations[index - 1];
    if (before?.version === version) throw new Error(`${file} and ${before.file} have the same number`);
  }
  return [
    '// Generated from lib/redis/scripts and lib/db/migrations by `npm run embed`. Change those, not this.',
    '',
    'export const luaScripts = {',
    ...scripts.map(({ file, text }) => `  '${path.basename(file, '.lua')}': ${toLiteral(text)},`),
    '};',
    '',
    'export const migrations: { version: number; name: string; sql: string }[] = [',
    ...migrations.map(
      ({ version, name, text }) => `  { version: ${version}, name: '${name}', sql: ${toLiteral(text)} },`,
    ),
    '];',
    '',
  ].join('\n');
}

function readTarget(): string | undefined {
  try {
    return readFileSync(path.join(root, target), 'utf8').replaceAll('\r\n', '\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const rendered = render();
if (!process.argv.includes('--check')) {
  mkdirSync(path.dirname(path.join(root, target)), { recursive: true });
  writeFileSync(path.join(root, target), rendered);
} else if (readTarget() !== rendered) {
  process.stderr.write(`${target} is out of date: run \`npm run embed\`\n`);
  process.exitCode = 1;
}
