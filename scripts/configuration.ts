// Writes docs/operate/configuration.md, the page of all environment variables; `npm run configuration -- --help` describes
// the options.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOwnCommandLine } from '../local/commands/command-line.ts';
import { findUndescribed } from './configuration/groups.ts';
import { writePage } from './configuration/write-page.ts';

const PAGE = 'docs/operate/configuration.md';
const path = join(import.meta.dirname, '..', PAGE);

const { values } = readOwnCommandLine({
  name: 'npm run configuration',
  does: `Writes ${PAGE}, the page of all environment variables, from the schemas in lib/config.`,
  options: { check: { type: 'boolean', help: 'writes nothing; exits with 1 when the page is out of date' } },
});

const undescribed = findUndescribed();
for (const name of undescribed) console.error(`${name}: register its facts where lib/config reads it`);
if (undescribed.length > 0) {
  process.exitCode = 1;
} else if (values.check !== true) {
  writeFileSync(path, writePage());
} else if (readFileSync(path, 'utf8').replaceAll('\r\n', '\n') !== writePage()) {
  console.error(`${PAGE} is out of date: run \`npm run configuration\``);
  process.exitCode = 1;
}
