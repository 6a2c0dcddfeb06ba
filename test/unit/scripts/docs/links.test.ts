import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { metrics } from '../../../../lib/topology.ts';
import { checkLinks, checkPaths } from '../../../../scripts/docs/check-links.ts';
import { anchorsOf, blocksOf, spansOf } from '../../../../scripts/docs/read-page.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md', 'bench/README.md'], { cwd: root }).sort();
const read = (page: string): string => readFileSync(`${root}${page}`, 'utf8');

test('every relative link of a document leads to a file and a heading', () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.flatMap((page) => checkLinks(root, page, read(page)))).toEqual([]);
});

test('every path of the repository that a document names exists', () => {
  expect(pages.flatMap((page) => checkPaths(root, page, read(page)))).toEqual([]);
});

test('a link to a missing file, a link to a missing heading and a missing path are found', () => {
  const page =
    'See [a](gone.md), [b](README.md#gone) and `lib/gone.ts`; not [c](https://example.com) or `[d](x.md)`.\n';
  expect(checkLinks(root, 'page.md', page).map(({ problem }) => problem)).toEqual([
    'gone.md: there is no gone.md',
    'README.md#gone: README.md has no such heading',
  ]);
  expect(checkPaths(root, 'page.md', page).map(({ problem }) => problem)).toEqual([
    'there is no lib/gone.ts',
  ]);
});

test('anchors are made as GitHub makes them', () => {
  const page = '# `GET` a: job, 2 times\n\n```sh\n# a comment\n```\n\n## Keys\n\n## Keys\n';
  expect(anchorsOf(page)).toEqual(['get-a-job-2-times', 'keys', 'keys-1']);
});

test('code blocks lose the indentation of their list item, and code spans outside of blocks are found', () => {
  const page = '1. Run `ls`:\n\n   ```sh\n   cd /\n   ls `pwd`\n   ```\n';
  expect(blocksOf(page)).toEqual([{ line: 4, language: 'sh', text: 'cd /\nls `pwd`\n' }]);
  expect(spansOf(page)).toEqual([{ line: 1, text: 'ls' }]);
});

test('the cost page counts the metrics that exist', () => {
  const cost = read('docs/operate/cost.md');
  expect(cost).toContain(`has ${Object.keys(metrics).length} names`);
});
