import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const MAX_LINES = 200;
const COLOUR = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(/i;

const files = globSync('web/**/*.{ts,tsx,css}', {
  cwd: root,
  exclude: ['web/generated/**', '**/node_modules/**'],
})
  .map((file) => file.replaceAll('\\', '/'))
  .map((file) => ({ file, text: readFileSync(`${root}${file}`, 'utf8') }));

/** Code without comments. */
const codeOf = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
const having = (pattern: RegExp): string[] =>
  files.filter(({ text }) => pattern.test(codeOf(text))).map(({ file }) => file);

describe('the files of the dashboard', () => {
  test('no file has more than 200 lines', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(
      files.filter(({ text }) => text.split('\n').length > MAX_LINES + 1).map(({ file }) => file),
    ).toEqual([]);
  });

  test('no screen imports another screen', () => {
    const imports = files.flatMap(({ file, text }) => {
      const [, own] = /^web\/screens\/([^/]+)\//.exec(file) ?? [];
      if (own === undefined) return [];
      const targets = [...text.matchAll(/['"](\.{1,2}\/[^'"]+)['"]/g)].map(([, path = '']) =>
        posix.join(file, '..', path),
      );
      return targets
        .filter((path) => path.startsWith('web/screens/') && !path.startsWith(`web/screens/${own}/`))
        .map((path) => `${file} imports ${path}`);
    });
    expect(imports).toEqual([]);
  });

  test('a number of things is written with its unit in the right form, as 1 run and 2 runs', () => {
    expect(having(/\.length\} (?!(?:failed|gained|lost|more|did)\b)[a-z]|Count\} [a-z]/)).toEqual([]);
  });

  test('only the tokens are literal colours', () => {
    const sheets = files.filter(({ file }) => file.endsWith('.css') && file !== 'web/design/tokens.css');
    expect(sheets.filter(({ text }) => COLOUR.test(codeOf(text))).map(({ file }) => file)).toEqual([]);
  });

  test('every custom property that a style sheet uses is one of the tokens', () => {
    const tokens = files.find(({ file }) => file === 'web/design/tokens.css')?.text ?? '';
    const known = new Set([...tokens.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
    const unknown = files.flatMap(({ file, text }) => {
      const own = new Set([...text.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
      return [...text.matchAll(/var\((--[\w-]+)/g)]
        .filter(([, name]) => !known.has(name) && !own.has(name))
        .map(([, name]) => `${file}: ${name}`);
    });
    expect(unknown).toEqual([]);
  });

  test('no text becomes a part of the page', () => {
    expect(
      having(/dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write/),
    ).toEqual([]);
  });

  test('every file with a schema forbids zod to compile functions', () => {
    const schemas = files.filter(({ text }) => text.includes("from 'zod/mini'"));
    const others = schemas.filter(
      ({ file, text }) => file !== 'web/base/zod-settings.ts' && !text.includes('zod-settings.ts'),
    );
    expect(others.map(({ file }) => file)).toEqual([]);
    expect(having(/from 'zod'/)).toEqual([]);
  });

  test('the parts of Base UI that bring a positioning engine are not used', () => {
    expect(
      having(
        /@base-ui\/react\/(menu|popover|select|tooltip|combobox|autocomplete|preview-card|context-menu)/,
      ),
    ).toEqual([]);
  });
});
