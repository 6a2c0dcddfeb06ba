import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const SETS_STATUS =
  /\bupdate job_executions\b(?:(?!\bwhere\b)[\s\S])*?\bset\b(?:(?!\bwhere\b)[\s\S])*?\bstatus = (?!'RUNNING')/;

/**
 * Returns the statements that change the status of executions to another one than RUNNING and do not count them. A part that a
 * statement takes from a constant of the file counts as its own text.
 */
function findUncounted(source: string): string[] {
  const texts = [...source.matchAll(/(?:const (\w+) = )?\/\* sql \*\/ `([\s\S]*?)`;/g)];
  const named = new Map(texts.map(([, name = '', text = '']) => [name, text]));
  const whole = (text: string): string =>
    text.replaceAll(/\$\{(\w+)\}/g, (part, name) => (named.has(name) ? whole(named.get(name) ?? '') : part));
  return texts
    .map(([, , text = '']) => whole(text))
    .filter((text) => SETS_STATUS.test(text) && !text.includes('${COUNT_OUTCOMES}'));
}

test('every statement that ends executions or sends them to a retry counts them for the statistics', () => {
  const files = globSync('lib/db/*.ts', { cwd: root });
  expect(files.filter((file) => findUncounted(readFileSync(`${root}${file}`, 'utf8')).length > 0)).toEqual(
    [],
  );
});

describe('the check', () => {
  const COUNTED = 'const COUNTED = /* sql */ `), counted as (${COUNT_OUTCOMES})`;';
  const statement = (text: string) => `const A = /* sql */ \`${text}\`;`;
  test.each([
    ['an end', `update job_executions set status = 'FAILED' where id = $1`, 1],
    ['a decision', `update job_executions e set a = 1, status = case when b then 'SUCCESS' end`, 1],
    ['a counted end', `update job_executions set status = 'FAILED'), counted as (\${COUNT_OUTCOMES})`, 0],
    ['an end counted by a part', `update job_executions set status = 'FAILED'\${COUNTED}`, 0],
    ['a claim', `update job_executions set status = 'RUNNING' where id = $1`, 0],
    ['another change', `update job_executions set job_revision = $2 where status = 'SCHEDULED'`, 0],
  ])('the check knows %s', (_, text, found) => {
    expect(findUncounted(`${COUNTED}\n${statement(text)}`)).toHaveLength(found);
  });
});
