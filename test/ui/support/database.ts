import { afterAll, beforeAll, inject } from 'vitest';
import { createPool, type Pool } from '../../../lib/db/pool.ts';

/** Opens the database of the running Belfry for a file of tests. */
export function useDatabase(): { query: Pool['query'] } {
  let pool: Pool;
  beforeAll(() => {
    pool = createPool(inject('databaseUrl'), { max: 1, statementTimeoutMs: 10_000, onError: () => {} });
  });
  afterAll(() => pool.end());
  return { query: (...args) => pool.query(...args) };
}
