import { test } from 'vitest';
import { openQueue } from './fixture.ts';
import { checkTransitions } from './transitions.ts';

test('no id is lost or in two places after any sequence of transitions', { timeout: 60_000 }, async () => {
  await checkTransitions(openQueue, { numRuns: 200 });
});
