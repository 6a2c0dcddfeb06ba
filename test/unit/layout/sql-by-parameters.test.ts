import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type AllowedExpression, findUnfixedSql } from '../../support/sql-check.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Everything that ships, and the programs next to it. Benchmarks and tests take no requests. The audit composes its statements
 * of constants and of names of partitions, for a role that only reads.
 */
const sources = globSync('{lib,functions,infra,local,scripts}/**/*.ts', {
  cwd: root,
  exclude: ['lib/audit/**', '**/node_modules/**'],
})
  .map((file) => file.replaceAll('\\', '/'))
  .sort()
  .map((file) => ({ file, text: readFileSync(`${root}${file}`, 'utf8') }));

const inPartitions = {
  file: 'lib/db/partitions.ts',
  why: 'utility statements take no parameters; made of a date',
};
const inJobColumns = {
  file: 'lib/db/job-columns.ts',
  why: 'made of the constants in lib/domain/job-fields.ts when the module is loaded',
};
const allowed: AllowedExpression[] = [
  ...[
    'readingAll',
    'readingAllButBody',
    'columnNames',
    'arrayParameters',
    'castColumns',
    'assignments',
    'labelAssignments',
    'labelColumns',
    'givenLabels',
    'textBytes',
  ].map((expression) => ({ ...inJobColumns, expression })),
  ...[
    'beyond',
    'order',
    'sources[source](direction)',
    'matching(direction)',
    'walkAlong(source, direction)',
    'checkAlong(direction)',
  ].map((expression) => ({
    file: 'lib/db/walk-jobs.ts',
    expression,
    why: 'the two directions and the sources of a list, constants of the file',
  })),
  { ...inPartitions, expression: 'name' },
  { ...inPartitions, expression: 'from' },
  { ...inPartitions, expression: 'to' },
  {
    file: 'lib/db/drop-partitions.ts',
    expression: 'name',
    why: 'a utility statement; a name of ours from the catalog',
  },
  {
    file: 'lib/db/role-settings.ts',
    expression: 'value',
    why: 'a utility statement; a whole number of ours',
  },
  ...['create', 'drop', 'name', 'partition', 'definition', 'index'].map((expression) => ({
    file: 'lib/db/build-indexes.ts',
    expression,
    why: 'utility statements; constants of the file, and names from the catalog',
  })),
  { file: 'lib/db/migrate.ts', expression: 'migration.sql', why: 'ships with the code' },
  {
    file: 'lib/db/pool.ts',
    expression: 'asConfig(statement, values)',
    why: 'hands on what its callers were checked for',
  },
  {
    file: 'lib/db/run-statement.ts',
    expression: '{ ...statement }',
    why: 'hands on what its callers were checked for',
  },
];

test('the text of SQL is fixed in the program, so values of a request can only be parameters', () => {
  expect(findUnfixedSql(sources, allowed)).toEqual([]);
  expect(sources.length).toBeGreaterThan(100);
});

test('an exception that is no longer needed is found', () => {
  const [stale] = findUnfixedSql([], [{ file: 'lib/db/gone.ts', expression: 'name', why: 'it was' }]);
  expect(stale).toContain('allows name for nothing');
});

const check = (text: string, ...others: { file: string; text: string }[]) =>
  findUnfixedSql([{ file: 'lib/db/example.ts', text }, ...others]);

describe('statements whose text is not fixed', () => {
  test.each([
    ['holds a value', 'const f = (db, id) => db.query(`select 1 from jobs where id = ${id}`);'],
    ['has one added', "const f = (db, id) => db.query('select 1 from jobs where id = ' + id);"],
    ['comes as an argument', 'const f = (db, sql) => db.query(sql);'],
    ['is made by a call', 'const f = (db, id) => db.query(makeSql(id));'],
    ['is run on a connection', 'const f = (client, id) => runStatement(client, makeSql(id), 5_000);'],
    ['is made by a method', "const f = (db, id) => db.query('select '.concat(id));"],
    ['is joined', "const f = (db, ids) => db.query(['select', ids].join(' '));"],
    [
      'is in the text of a configuration',
      'const f = (db, id) => db.query({ name: "x", text: `select ${id}` });',
    ],
    ['takes its configuration over', 'const f = (db, o) => db.query({ text: "select 1", ...o });'],
    ['has its text twice', 'const f = (db, t) => db.query({ text: "select 1", "text": t });'],
    ['computes a name of it', 'const f = (db, k, t) => db.query({ text: "select 1", [k]: t });'],
    ['hides its call', "const f = (db, id) => db['query'](`select ${id}`);"],
    ['takes the function from its object', 'const f = ({ query }, id) => query(`select ${id}`);'],
    [
      'is put together before',
      'const f = (db, id) => { const sql = `select ${id}`; return db.query(sql); };',
    ],
    ['may change', 'let SQL = "select 1"; const f = (db) => db.query(SQL);'],
    ['has the name of a constant', 'const SQL = "select 1"; const f = (db, SQL) => db.query(SQL);'],
    ['is declared nowhere', 'const f = (db) => db.query(SQL);'],
    ['is half a constant', 'const A = "select"; const f = (db, id) => db.query(`${A} ${id}`);'],
    ['is one of two', 'const f = (db, id) => db.query(id ? "select 1" : id);'],
    [
      'has a part that is not fixed',
      'const A = env.TABLE; const f = (db) => db.query(`select 1 from ${A}`);',
    ],
    ['is used elsewhere', 'export const f = (order) => `select 1 from jobs order by ${order}`;'],
    ['is a tagged template', 'const f = (db, id) => db.query(sql`select ${id}`);'],
    ['is nothing', 'const f = (db) => db.query();'],
  ])('a statement is found that %s', (_, text) => {
    expect(check(text)).not.toEqual([]);
  });

  test('a statement that another file exports without a fixed text is found', () => {
    const text = "import { SQL } from './other.ts'; const f = (db) => db.query(SQL);";
    expect(check(text, { file: 'lib/db/other.ts', text: 'export const SQL = process.env.SQL;' })).not.toEqual(
      [],
    );
    expect(check(text)).not.toEqual([]);
  });
});

describe('statements whose text is fixed', () => {
  test.each([
    ['is a text', "const f = (db, id) => db.query('select 1 from jobs where id = $1', [id]);"],
    ['is a template without a value', 'const f = (db, id) => db.query(`select $1`, [id]);'],
    ['is a constant', 'const SQL = /* sql */ `select 1`; const f = (db) => db.query<Row>(SQL);'],
    [
      'is in a configuration',
      'const SQL = "select 1"; const f = (db, id) => db.query({ name: "x", text: SQL, values: [id] });',
    ],
    [
      'is composed of constants',
      'const A = "id, name"; const SQL = `select ${A} from jobs`; const f = (db) => db.query(SQL);',
    ],
    ['is one of two constants', 'const f = (db, isDry: boolean) => db.query(isDry ? "rollback" : "commit");'],
    ['is no SQL', 'const f = (id) => `selected ${id}`;'],
  ])('a statement is not found that %s', (_, text) => {
    expect(check(text)).toEqual([]);
  });

  test('a statement is not found that another file exports as a constant', () => {
    const text = "import { COLUMNS as C } from './other.ts'; const f = (db) => db.query(`select ${C}`);";
    expect(check(text, { file: 'lib/db/other.ts', text: 'export const COLUMNS = "id, name";' })).toEqual([]);
  });
});
