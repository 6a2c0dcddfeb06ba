import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BASE_PLACEHOLDER, buildUi, type UiBundle } from '../../../../web/build/build-ui.ts';

const LIMIT_BYTES = { all: 260 * 1_024, first: 190 * 1_024 };

let directory: string;
let bundle: UiBundle;
let page: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-ui-'));
  bundle = await buildUi({ outDirectory: directory });
  page = await readFile(join(directory, 'index.html'), 'utf8');
  // A busy machine needs longer than the ten seconds of other hooks.
}, 60_000);
afterAll(() => rm(directory, { recursive: true }));

/** The size of scripts when they are sent, each compressed by itself. */
const sizeOf = (isCounted: (name: string) => boolean): number =>
  bundle.assets
    .filter(({ name }) => name.endsWith('.js') && isCounted(name))
    .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);

describe('the size of the dashboard', () => {
  test('all scripts together have at most 260 KiB, compressed', () => {
    expect(sizeOf(() => true)).toBeLessThanOrEqual(LIMIT_BYTES.all);
  });

  test('the scripts of the first screen have at most 190 KiB, compressed', () => {
    expect(sizeOf((name) => bundle.firstScripts.includes(name))).toBeLessThanOrEqual(LIMIT_BYTES.first);
  });
});

describe('the page', () => {
  test('the first element of the head is the base, which the server fills in', () => {
    expect(page).toMatch(new RegExp(`<head>\\s*<base href="${BASE_PLACEHOLDER}" />`));
  });

  test('every file that the page requests is in its folder of assets', async () => {
    const asked = [...page.matchAll(/(?:src|href)="assets\/([^"]+)"/g)].map(([, name]) => name);
    const written = await readdir(join(directory, 'assets'));
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.filter((name) => name !== undefined && !written.includes(name))).toEqual([]);
  });

  test('the page has no script, style or handler of its own, which the content security policy would refuse', () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/i);
    expect([...page.matchAll(/<script[^>]*>([^<]*)/g)].map(([, text]) => text)).toEqual(['']);
  });
});
