import { afterAll, beforeAll } from 'vitest';
import { createPool, type Pool } from '../../../lib/db/pool.ts';
import { belfry } from './belfry.ts';

/** Opens the database of the running Belfry for a file of tests. */
export function useDatabase(): { query: Pool['query'] } {
  let pool: Pool;
  beforeAll(() => {
    pool = createPool(belfry().databaseUrl, { max: 1, statementTimeoutMs: 10_000, onError: () => {} });
  });
  afterAll(() => pool.end());
  return { query: (...args) => pool.query(...args) };
}
