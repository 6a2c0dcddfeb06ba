import { join } from 'node:path';
import { expect, test } from 'vitest';
import { destroy } from './support/deploy.ts';
import { listResources } from './support/inventory.ts';
import { openStack } from './support/stack.ts';

const stack = openStack();
const repository = join(import.meta.dirname, '..', '..');

const kindsOf = (resources: readonly string[]): Set<string> =>
  new Set(resources.map((resource) => resource.slice(0, resource.lastIndexOf(' '))));

test('destroying the stack leaves nothing behind', async () => {
  const during = await listResources(stack.endpoint);
  // Else the listing would find nothing afterwards either.
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
  const after = await listResources(stack.endpoint);
  // LocalStack makes a log group for each function in addition to the one that the function names, and keeps it.
  const isKept = (resource: string) =>
    stack.limits.ignoresLoggingConfig && resource.startsWith('log group /aws/lambda/');
  expect(after.filter((resource) => !isKept(resource))).toEqual(stack.before);
});
