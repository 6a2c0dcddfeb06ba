import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

/** Written by tools or by a run, and ignored by Git. */
const NOT_OURS = new Set(['node_modules', 'coverage', 'cdk.out']);

const foldersIn = (path: string): string[] =>
  readdirSync(new URL(path, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_OURS.has(entry.name))
    .map((entry) => entry.name);

/** The folders in the first column of the layout table. */
function foldersOfLayout(): string[] {
  const [, section = ''] = readme.split('\n## Layout\n');
  const [table = ''] = section.split('\n## ');
  return table.split('\n').flatMap((line) => {
    const [, folders = ''] = line.split('|');
    return [...folders.matchAll(/`([^`]+)`/g)].map(([, folder = '']) => folder);
  });
}

describe('the layout table of the README', () => {
  test('the layout table of the README names every folder of lib and every other folder of the repository, each once', () => {
    const others = foldersIn('.').filter((name) => name !== 'lib');
    const there = [...foldersIn('lib/').map((name) => `lib/${name}`), ...others];

    expect(foldersOfLayout().toSorted()).toEqual(there.toSorted());
  });
});
