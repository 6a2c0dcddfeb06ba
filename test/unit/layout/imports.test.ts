import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkImports } from '../../support/imports-check.ts';
import { allowedImports } from './allowed-imports.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const sources = globSync(
  ['{lib,functions,infra,local,scripts,site,test,bench,web}/**/*.{ts,tsx,mjs}', '*.ts'],
  {
    cwd: root,
    exclude: ['**/node_modules/**'],
  },
).map((file) => ({ file, text: readFileSync(`${root}${file}`, 'utf8') }));

const { forbidden, unplaced, unused } = checkImports(sources, allowedImports);

test('every file imports what the table allows', () => {
  expect({ forbidden, unplaced }).toEqual({ forbidden: [], unplaced: [] });
  expect(sources.length).toBeGreaterThan(800);
});

test('the table allows what ships no more than it uses', () => {
  expect(unused.filter((entry) => /^(lib|functions|infra|local|web)/.test(entry))).toEqual([]);
});

const rows = Object.keys(allowedImports);

/** A file of the row, be the row a folder or a file. */
const fileOf = (row: string): string => (row.endsWith('.ts') ? row : `${row}/example.ts`);
const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

describe.each(rows)('a file in %s', (row) => {
  const { imports, packages } = allowedImports[row]!;
  const file = fileOf(row);
  const up = '../'.repeat(file.split('/').length - 1) || './';
  const forbiddenIn = (text: string) => checkImports([{ file, text }], allowedImports).forbidden;

  const others = rows.filter((other) => other !== row && !imports.some((path) => isWithin(other, path)));

  test('a row imports no other row that it does not list', () => {
    const expected = others.map(fileOf).map((other) => `${file} imports ${other}, which ${row} may not`);
    const forms: ((path: string) => string)[] = [
      (path) => `import '${path}';`,
      (path) => `import type {} from '${path}';`,
      (path) => `export * from '${path}';`,
      (path) => `await import('${path}');`,
    ];
    for (const form of forms) {
      const text = others.map((other) => form(`${up}${fileOf(other)}`)).join('\n');
      expect(forbiddenIn(text)).toEqual(expected);
    }
  });

  test('a row imports no package that it does not list', () => {
    if (packages === 'any') return;
    expect(forbiddenIn("import x from '@unknown/package/part';")).toHaveLength(1);
    if (!packages.includes('node:')) expect(forbiddenIn("import 'node:fs';")).toHaveLength(1);
  });
});

test('a file in no row, a row without files and an entry without a use are found', () => {
  const table = { lib: { imports: ['gone'], packages: ['pg'] }, gone: { imports: [], packages: [] } };
  const text = "import { y } from './y.ts';";
  const files = [
    { file: 'lib/x.ts', text },
    { file: 'other/x.ts', text },
  ];
  expect(checkImports(files, table)).toEqual({
    forbidden: [],
    unplaced: ['other/x.ts'],
    unused: [
      'lib → gone is allowed, and never used',
      'lib → pg is allowed, and never used',
      'gone holds no file',
    ],
  });
});
