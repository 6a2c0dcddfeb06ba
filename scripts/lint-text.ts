// Finds wordings that are hard to read; `npm run lint:text -- --help` describes the options. Add phrases to
// scripts/text/phrases.ts.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOwnCommandLine } from '../local/commands/command-line.ts';
import { findPhrases } from './text/find-phrases.ts';

const root = join(import.meta.dirname, '..');
const SOURCES = [
  '*.{md,ts}',
  '{lib,functions,local,infra,site,test,bench,scripts,web,packages,docs}/**/*.{ts,tsx,js,mjs,sql,lua,py,md}',
];
/** Files that are generated, written by others, never edited (migrations), or that list the phrases themselves. */
const EXCLUDED = [
  '**/node_modules/**',
  'lib/generated/**',
  'lib/domain/schedule/zone-data.ts',
  'lib/db/migrations/**',
  'docs/licences.md',
  'scripts/text/phrases.ts',
  'test/unit/scripts/text/find-phrases.test.ts',
];

const { values, positionals } = readOwnCommandLine({
  name: 'npm run lint:text',
  does: 'Finds wordings that are hard to read, in sources and documents, and shows what to write instead.',
  argument: '[FILE OR FOLDER ...]',
  options: {
    count: { type: 'boolean', help: 'shows the number of hits in each folder' },
  },
  details: ['Without an argument it checks everything. Exit status: 0 without a hit, 1 with one.'],
});

const isBelow = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

const hits = globSync(SOURCES, { cwd: root, exclude: EXCLUDED })
  .sort()
  .flatMap((file) => findPhrases(file, readFileSync(join(root, file), 'utf8')));

if (values.count === true) {
  const counts = Map.groupBy(hits, ({ file }) => dirname(file));
  for (const [folder, found] of counts) console.log(`${String(found.length).padStart(5)}  ${folder}`);
  console.log(`${String(hits.length).padStart(5)}  in all`);
} else {
  const folders = positionals.map((path) => path.replace(/\/$/, ''));
  const shown =
    folders.length === 0 ? hits : hits.filter(({ file }) => folders.some((folder) => isBelow(file, folder)));
  for (const { file, line, found, instead } of shown) console.log(`${file}:${line}: "${found}": ${instead}`);
  if (shown.length > 0) process.exitCode = 1;
}
