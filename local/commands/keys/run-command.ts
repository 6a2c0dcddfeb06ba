import { makeCreateApiKey } from '../../../lib/app/create-api-key.ts';
import { makeRevokeApiKey } from '../../../lib/app/revoke-api-key.ts';
import { listApiKeys } from '../../../lib/db/api-keys.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import type { By } from '../../../lib/domain/audit-log.ts';
import type { ApiKey } from '../../../lib/domain/api-key.ts';
import type { Clock } from '../../../lib/domain/clock.ts';
import type { KeysCommand } from './parse-command.ts';

const PAGE_SIZE = 1_000;

/** The commands run with the login of the database, which does not tell who has called them. */
const BY_COMMAND: By = { actor: { type: 'COMMAND_LINE', name: 'npm run keys' } };

/** Runs a command with the use cases of the API, and returns the lines to print. A new key is alone on its line. */
export async function runKeysCommand(
  command: KeysCommand,
  deps: { pool: Pool; clock: Clock },
): Promise<string[]> {
  switch (command.kind) {
    case 'create': {
      const { key, ...made } = await makeCreateApiKey(deps)(command.asked, BY_COMMAND);
      return [`created: ${describe(made)}; the key is shown only once:`, key];
    }
    case 'list':
      return (await listAll(deps.pool)).map(describe);
    case 'revoke':
      await makeRevokeApiKey(deps)(command.id, BY_COMMAND);
      return [`revoked key ${command.id}; requests with it are refused within 5 s`];
  }
}

async function listAll(pool: Pool): Promise<ApiKey[]> {
  const keys: ApiKey[] = [];
  for (;;) {
    const afterId = keys.at(-1)?.id ?? 0;
    const { items, hasMore } = await listApiKeys(pool, { limit: PAGE_SIZE, offset: 0, afterId });
    keys.push(...items);
    if (!hasMore) return keys;
  }
}

function describe(key: ApiKey): string {
  const at = (label: string, date: Date | null) => (date === null ? [] : [`${label} ${date.toISOString()}`]);
  return [
    `${key.id}  ${key.name}  ${key.scopes.join(',')}`,
    ...at('created', key.createdAt),
    ...at('used', key.lastUsedAt),
    ...at('expires', key.expiresAt),
    ...at('revoked', key.revokedAt),
    ...(key.rateLimitPerSecond === null ? [] : [`${key.rateLimitPerSecond}/s`]),
  ].join('  ');
}
