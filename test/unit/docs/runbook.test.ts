import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

test('the runbook explains every log event', () => {
  const sources = globSync('{lib,functions}/**/*.ts', { cwd: root }).map(read);
  const events = sources.flatMap((text) =>
    [...text.matchAll(/\.(?:info|warn|error)\(\s*'([a-z_ ]+)'/g)].map(([, event = '']) => event),
  );
  const page = read('docs/operate/runbook/log-events.md');

  expect(events.length).toBeGreaterThan(40);
  expect([...new Set(events)].filter((event) => !page.includes(`\`${event}\``))).toEqual([]);
});

test('the runbook explains every part of a tick that may fail', () => {
  const [, type = ''] = /type Part =([^;]+);/.exec(read('lib/app/part-attempts.ts')) ?? [];
  const parts = [...type.matchAll(/'([^']+)'/g)].map(([, part = '']) => part);
  const page = read('docs/operate/runbook/ticks.md');

  expect(parts.length).toBeGreaterThan(10);
  expect(parts.filter((part) => !page.includes(`\`${part}\``))).toEqual([]);
});
