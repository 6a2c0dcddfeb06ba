import { expect, test } from 'vitest';
import { routes } from '../../../../lib/topology.ts';
import { readDocument } from '../../../../site/markdown/openapi-document.ts';
import { writePages } from '../../../../site/markdown/write-pages.ts';

const document = readDocument();
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
const pages = writePages(document);
const [first = '', ...groups] = pages.values();

test.each(routes.map(({ method, path }) => [method, path] as const))(
  '%s %s is on the first page and on the page of its group',
  (method, path) => {
    expect(first).toContain(`\`${method} ${path}\``);
    expect(groups.filter((page) => page.includes(`\n\n\`${method} ${path}\`\n`))).toHaveLength(1);
  },
);

test('each scope, parameter, status and example of the document is on a page', () => {
  const text = groups.join('\n');
  const said = { none: 'Needs no key.', any: 'Every valid key may use it, regardless of its scopes.' };
  for (const { scope } of routes)
    expect(text).toContain(
      scope === null ? said.none : scope === 'any' ? said.any : `Requires the scope \`${scope}\`.`,
    );
  for (const { requestBody, parameters = [], responses } of operations) {
    for (const { name } of parameters) expect(text).toContain(`\n| \`${name}\` |`);
    for (const status of Object.keys(responses)) expect(text).toContain(`\n| ${status} |`);
    for (const { examples = {} } of Object.values(requestBody?.content ?? {}))
      for (const { value } of Object.values(examples))
        expect(text).toContain(JSON.stringify(value, undefined, 2));
  }
});

test('each field of a named schema is in its table, with its bounds', () => {
  const jobs = pages.get('docs/jobs.md') ?? '';
  for (const field of Object.keys(document.components.schemas['NewJob']?.properties ?? {}))
    expect(jobs).toContain(`\n| \`${field}\` |`);
  expect(jobs).toContain('| `maxRetryCount` | integer, 0 to 100 | no |');
  expect(jobs).toContain('| `method` | `GET`, `HEAD`, `POST`');
  expect(jobs).toMatch(/\| `retry\.initialMs` \| integer, 100 to 86,400,000 \|/);
  expect(jobs).toMatch(
    /\| `tags` \| array of \(string, 1 to 64 characters\), at most 20 items, without duplicates \|/,
  );
});

test('each link of a page leads to a heading', () => {
  for (const [name, text] of pages) {
    for (const [, file = '', anchor = ''] of text.matchAll(/\]\(([\w./-]*)#([\w-]+)\)/g)) {
      const target = file === '' ? text : pages.get(file);
      const headings = [...(target ?? '').matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(headings, `${name} links to ${file}#${anchor}`).toContain(anchor);
    }
  }
});

test('a table has as many cells in each row as in its head', () => {
  for (const text of pages.values()) {
    for (const block of text.split('\n\n').filter((part) => part.startsWith('| '))) {
      const widths = block
        .trim()
        .split('\n')
        .map((line) => line.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size, block).toBe(1);
    }
  }
});
