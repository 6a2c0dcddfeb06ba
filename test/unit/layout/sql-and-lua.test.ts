import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SQL } from '../../support/sql-check.ts';
import { isNode, nameOf, type Node, nodesOf, parseTypeScript, walk } from '../../support/syntax-tree.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const LUA = /\bredis\.p?call\b|\bKEYS\[/;

const sources = globSync('{lib,functions,local,infra,scripts}/**/*.ts', {
  cwd: root,
  exclude: ['lib/generated/**', '**/node_modules/**'],
}).map((file) => ({ file, tree: parseTypeScript(readFileSync(`${root}${file}`, 'utf8')) }));

/** The strings and templates of a program. */
function readTexts(tree: Node): string[] {
  return [...walk(tree)].flatMap((node) => {
    if (node.type === 'Literal') return nameOf(node) ?? [];
    if (node.type !== 'TemplateElement') return [];
    const { value } = node;
    return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : [];
  });
}

/** Whether a program asks a database: by a text that begins as a statement does, or by a call of `query`. */
function hasSql(tree: Node): boolean {
  const asks = [...walk(tree)].some((node) => {
    const callee = node.type === 'CallExpression' && isNode(node['callee']) ? node['callee'] : undefined;
    return nodesOf(callee?.['property']).some((property) => nameOf(property) === 'query');
  });
  return asks || readTexts(tree).some((value) => SQL.test(value));
}

const hasLua = (tree: Node): boolean => readTexts(tree).some((value) => LUA.test(value));

test('SQL is only in lib/db and lib/audit', () => {
  const found = sources.filter(({ tree }) => hasSql(tree)).map(({ file }) => file);
  const elsewhere = found.filter((file) => !/^lib\/(db|audit)\//.test(file));
  // It starts the server, and makes the database in which all of lib/db works.
  expect(elsewhere).toEqual(['local/services/postgres.ts']);
  expect(found.length).toBeGreaterThan(20);
});

test('Lua is only in lib/redis', () => {
  expect(sources.filter(({ tree }) => hasLua(tree)).map(({ file }) => file)).toEqual([]);
  const scripts = globSync('**/*.lua', { cwd: root, exclude: ['node_modules/**'] });
  expect(scripts.filter((file) => !file.startsWith('lib/redis/scripts/'))).toEqual([]);
  expect(scripts.length).toBeGreaterThan(0);
});

test.each([
  "const f = (db) => db.query('select 1');",
  'const f = (db, sql) => db.query(sql);',
  'const SQL = `\n  update jobs set name = $1`;',
  'const SQL = `with due as (select 1) select * from ${table}`;',
])('SQL is recognised in %s', (text) => {
  expect(hasSql(parseTypeScript(text))).toBe(true);
});

test('Lua is recognised in a string', () => {
  expect(hasLua(parseTypeScript("const script = `return redis.call('get', KEYS[1])`;"))).toBe(true);
  expect(hasLua(parseTypeScript("// as redis.call does\nconst name = 'keys';"))).toBe(false);
});
