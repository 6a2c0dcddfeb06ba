import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import { destroy } from './support/deploy.ts';
import { listResources, UNLIMITED } from './support/inventory.ts';
import { openStack } from './support/stack.ts';

const stack = openStack();
const repository = join(import.meta.dirname, '..', '..');

const kindsOf = (resources: readonly string[]): Set<string> =>
  new Set(resources.map((resource) => resource.slice(0, resource.lastIndexOf(' '))));

/** Log groups that an emulator creates and keeps. */
const isOfEmulator = (resource: string): boolean =>
  (stack.limits.ignoresLoggingConfig && resource.startsWith('log group /aws/lambda/')) ||
  (stack.limits.recreatesLogGroups && resource.startsWith('log group ') && resource.endsWith(UNLIMITED));

test('destroying the stack leaves nothing behind', async () => {
  const during = await listResources(stack.endpoint);
  // Without resources before, an empty list afterwards would prove nothing.
  expect([...kindsOf(during.filter((resource) => !stack.before.includes(resource)))]).toEqual(
    expect.arrayContaining([
      'stack',
      'function',
      'event source',
      'API',
      'queue',
      'log group',
      'secret',
      'role',
    ]),
  );
  await destroy(stack, { ...stack, cwd: repository });
  // An event source is deleted in the background: it stays until the run of its worker has ended.
  await until(
    async () => {
      const after = await listResources(stack.endpoint);
      expect(after.filter((resource) => !isOfEmulator(resource))).toEqual(stack.before);
      return true;
    },
    { timeoutMs: 200_000, everyMs: 1_000 },
  );
});
