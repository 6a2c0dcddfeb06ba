import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { auditRules } from '../../lib/audit/run-audit.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

/** A file or folder of the repository in a code span, without wildcards and placeholders. */
const NAMED_PATH = /`((?:lib|functions|local|infra|test|bench|scripts|docs)\/[\w./-]+)`/g;

test('every path that a page names exists', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'bench/README.md',
    ...globSync('docs/**/*.md', { cwd: root }),
  ];
  const missing = pages.flatMap((page) =>
    [...read(page).matchAll(NAMED_PATH)]
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(`${root}${path}`))
      .map((path) => `${page}: ${path}`),
  );

  expect(missing).toEqual([]);
});

test('the page on verification has every rule of the audit', () => {
  const page = read('docs/design/verification.md');
  const missing = auditRules.filter(({ name }) => !page.includes(`\`${name}\``)).map(({ name }) => name);

  expect(missing).toEqual([]);
});
