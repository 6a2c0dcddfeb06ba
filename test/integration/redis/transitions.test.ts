import { test } from 'vitest';
import { openQueue, useOwnRedis } from './fixture.ts';
import { checkTransitions } from './transitions.ts';

await useOwnRedis();

test('no id is lost or in two places after any sequence of transitions', { timeout: 60_000 }, async () => {
  await checkTransitions(openQueue, { numRuns: 200 });
});
