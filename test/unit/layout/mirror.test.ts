import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { posix } from 'node:path';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Where the folders of test/unit have their counterparts: `api` is lib/api, `local` is local, `chaos` is test/chaos. */
const HOMES = ['lib', '.', 'test'];
/** They check the tree and the documents as a whole. */
const OF_THE_WHOLE = ['layout', 'docs'];

const sources = globSync('{lib,functions,local,scripts,test,web}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: ['test/unit/**', '**/node_modules/**'],
});
const tests = globSync('**/*.test.ts', { cwd: `${root}test/unit` }).filter(
  (file) => !OF_THE_WHOLE.some((folder) => file.startsWith(`${folder}/`)),
);

/** The room that a test is about, such as lib/api for `api/middleware/cors.test.ts`; undefined when there is none. */
function homeOf(file: string): string | undefined {
  const [room = ''] = file.split('/');
  if (!file.includes('/')) return 'lib';
  return HOMES.map((home) => posix.join(home, room)).find((folder) => existsSync(`${root}${folder}`));
}

test('each folder of unit tests has the path of a folder of sources', () => {
  const strays = tests.filter((file) => {
    const home = homeOf(file);
    if (home === undefined) return true;
    const folder = posix.join(home, posix.dirname(file).split('/').slice(1).join('/'));
    return !existsSync(`${root}${folder}`);
  });
  expect(strays).toEqual([]);
  expect(tests.length).toBeGreaterThan(80);
});

test('a unit test with the name of a source has its path too', () => {
  const strays = tests.flatMap((file) => {
    const home = homeOf(file) ?? '';
    const rest = file.includes('/') ? file.slice(file.indexOf('/') + 1) : file;
    const own = posix.join(home, rest.replace(/\.test\.ts$/, '.ts'));
    const namesakes = sources.filter(
      (source) => source.startsWith(`${home}/`) && posix.basename(source) === posix.basename(own),
    );
    if (namesakes.length === 0 || sources.includes(own)) return [];
    return [`${file}: ${namesakes.join(', ')}`];
  });
  expect(strays).toEqual([]);
});
