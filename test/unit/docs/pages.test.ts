import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { auditRules } from '../../../lib/audit/run-audit.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

test('the page on verification has every rule of the audit', () => {
  const page = read('docs/design/verification.md');
  const missing = auditRules.filter(({ name }) => !page.includes(`\`${name}\``)).map(({ name }) => name);

  expect(missing).toEqual([]);
});
