import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { auditRules } from '../../lib/audit/run-audit.ts';

test('the page on verification has every rule of the audit', () => {
  const page = readFileSync(new URL('../../docs/design/verification.md', import.meta.url), 'utf8');
  const missing = auditRules.filter(({ name }) => !page.includes(`\`${name}\``)).map(({ name }) => name);

  expect(missing).toEqual([]);
});
