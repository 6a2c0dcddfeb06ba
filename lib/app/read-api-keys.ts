import { countApiKeys, listApiKeys } from '../db/api-keys.ts';
import type { Pool } from '../db/pool.ts';
import type { ApiKey } from '../domain/api-key.ts';
import type { Page } from '../domain/page.ts';

/** Lists a page of all keys, including revoked ones, the oldest first. */
export async function getApiKeys(
  pool: Pool,
  { withTotal, ...page }: Parameters<typeof listApiKeys>[1] & { withTotal: boolean },
): Promise<Page<ApiKey>> {
  const [listed, total] = await Promise.all([
    listApiKeys(pool, page),
    withTotal ? countApiKeys(pool) : undefined,
  ]);
  return { ...listed, total };
}
