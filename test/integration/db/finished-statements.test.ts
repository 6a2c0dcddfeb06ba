import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { begin, pool, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

setFlagsFromString('--expose-gc');
const collect: (options: { type: 'major' | 'minor' }) => void = runInNewContext('gc');

const STATEMENTS = 60;
/** About 0.5 MB of rows. */
const READ = { text: 'select n, n::text as a, n::text as b from generate_series(1, 2000) n' };

/** The bytes by which the heap has grown after some statements and quick collections. */
async function keptBy(query: (statement: typeof READ) => Promise<unknown>): Promise<number> {
  await query(READ);
  collect({ type: 'major' });
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < STATEMENTS; count += 1) {
    await query(READ);
    if (count % 10 === 0) collect({ type: 'minor' });
  }
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  return process.memoryUsage().heapUsed - before;
}

test('a quick collection frees the rows of finished statements, of a pool and of a transaction', async () => {
  const { tx } = await begin();
  for (const { query } of [pool, tx]) expect(await keptBy(query)).toBeLessThan(1_500_000);
});
