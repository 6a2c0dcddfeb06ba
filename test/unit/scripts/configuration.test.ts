import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findUndescribed } from '../../../scripts/configuration/groups.ts';
import { writePage } from '../../../scripts/configuration/write-page.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('every variable of a schema is described', () => {
  expect(findUndescribed()).toEqual([]);
});

test('every variable that a source names is on the configuration page', () => {
  const page = writePage();
  const sources = globSync('{lib,functions,infra,local,scripts}/**/*.ts', {
    cwd: root,
    exclude: ['**/node_modules/**'],
  });
  const named = sources.flatMap((file) =>
    [...readFileSync(`${root}${file}`, 'utf8').matchAll(/\bBELFRY_[A-Z]+(?:_[A-Z]+)*\b/g)].map(
      ([name]) => name,
    ),
  );
  expect(new Set(named).size).toBeGreaterThan(25);
  expect([...new Set(named)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
