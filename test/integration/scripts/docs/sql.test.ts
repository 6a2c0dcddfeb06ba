import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf, spansOf } from '../../../../scripts/docs/read-page.ts';
import { type BelfryDatabase, createBelfryDatabase } from '../../../support/belfry-database.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const withoutComments = (text: string): string => text.replaceAll(/^--.*$/gm, '');

/** The statements of the runbook, in SQL blocks and in code spans without a placeholder. */
const statements = globSync('docs/operate/**/*.md', { cwd: root })
  .sort()
  .flatMap((page) => {
    const text = readFileSync(`${root}${page}`, 'utf8');
    const blocks = blocksOf(text).filter(({ language }) => language === 'sql');
    const spans = spansOf(text).filter((span) => /^(select|update) [^<…]*$/.test(span.text));
    return [...blocks, ...spans].flatMap(({ line, text: sql }) =>
      withoutComments(sql)
        .split(';')
        .map((statement) => statement.trim())
        .filter((statement) => statement !== '')
        .map((statement) => [`${page}:${line}`, statement] as const),
    );
  });

let database: BelfryDatabase;

beforeAll(async () => {
  database = await createBelfryDatabase();
});

afterAll(() => database.drop());

test('the runbook has SQL statements', () => {
  expect(statements.length).toBeGreaterThan(10);
});

// Planned and not run: some of them end sessions or change data.
test.each(statements)('the statement at %s fits the schema: %s', async (_, statement) => {
  await expect(database.pool.query(`explain ${statement}`)).resolves.toBeDefined();
});
