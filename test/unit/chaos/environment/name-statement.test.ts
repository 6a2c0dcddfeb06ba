import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nameStatement } from '../../../chaos/environment/name-statement.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The texts of statements in lib/db that change rows, with their files. */
function writes(): { file: string; text: string }[] {
  return globSync('lib/db/*.ts', { cwd: root }).flatMap((file) =>
    [...readFileSync(`${root}${file}`, 'utf8').matchAll(/\/\* sql \*\/ `([^`]*)`/g)]
      .map(([, text = '']) => ({ file, text }))
      .filter(({ text }) => changesRows(text)),
  );
}

/** Tells so by other means than the points: by each verb that is no part of a lock or of a conflict. */
function changesRows(text: string): boolean {
  const withoutComments = text.replaceAll(/--.*$/gm, '');
  const withoutLocks = withoutComments.replaceAll(/\b(for(?: no key)?|do) update\b/g, '');
  return /\b(insert|update|delete|truncate)\b/.test(withoutLocks);
}

test('each statement that changes rows has a point before and after it, at which chaos kills a function', () => {
  const all = writes();
  expect(all.length).toBeGreaterThan(70);
  const unnamed = all.filter(({ text }) => nameStatement({ text }) === undefined);
  expect(unnamed.map(({ file, text }) => `${file}: ${text.trim().slice(0, 80)}`)).toEqual([]);
});

test.each([
  ['select 1', undefined],
  ['select id from jobs for update', undefined],
  ['commit', 'commit'],
  ['update jobs j set revision = 1', 'update jobs.revision'],
  ['with old as (select 1) delete from operations where id = 1', 'delete from operations'],
  [
    '-- record_outcomes\nwith recorded as (update job_executions e set status = $1) select 1',
    'record_outcomes',
  ],
])('%j is named %s', (text, name) => {
  expect(nameStatement({ text })).toBe(name);
});
