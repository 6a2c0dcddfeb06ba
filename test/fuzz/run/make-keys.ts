import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { keyNames, type KeyName } from '../requests/credentials.ts';
import type { Send } from './send.ts';
import type { State } from './state.ts';

const created = z.object({ id: z.int(), key: z.string() });

/** A little longer than an environment may still accept a revoked key. */
const REVOKED_AFTER_MS = 6_000;

const asked: Record<KeyName, { scopes: string[]; expiresInMs?: number }> = {
  all: { scopes: ['read', 'write', 'admin', 'calendar'] },
  read: { scopes: ['read'] },
  write: { scopes: ['write'] },
  admin: { scopes: ['admin'] },
  expired: { scopes: ['read', 'write', 'admin'], expiresInMs: 2_000 },
  revoked: { scopes: ['read', 'write', 'admin'] },
};

/** Creates the keys of the requests, and waits until the revoked and the expired key are refused. */
export async function makeKeys(send: Send, adminKey: string): Promise<State> {
  const call = async (method: string, target: string, body?: object): Promise<string> => {
    const answer = await send({
      method,
      target,
      headers: [
        ['x-api-key', adminKey],
        ['content-type', 'application/json'],
      ],
      body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
      isChunked: false,
    });
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.body}`);
    return answer.body;
  };
  const make = async (name: KeyName): Promise<readonly [KeyName, z.infer<typeof created>]> => {
    const { scopes, expiresInMs } = asked[name];
    const expiry =
      expiresInMs === undefined ? {} : { expiresAt: new Date(Date.now() + expiresInMs).toISOString() };
    const body = await call('POST', '/api/v1/keys', { name: `fuzz ${name}`, scopes, ...expiry });
    return [name, created.parse(JSON.parse(body))];
  };
  const made = new Map(await Promise.all(keyNames.map(make)));
  await call('DELETE', `/api/v1/keys/${made.get('revoked')?.id}`);
  await sleep(REVOKED_AFTER_MS);
  const keyOf = (name: KeyName): string => made.get(name)?.key ?? '';
  return {
    keys: {
      all: keyOf('all'),
      read: keyOf('read'),
      write: keyOf('write'),
      admin: keyOf('admin'),
      expired: keyOf('expired'),
      revoked: keyOf('revoked'),
    },
    protectedKeyIds: new Set([...made.values()].map(({ id }) => id)),
    jobIds: [],
    keyIds: [],
    madeKeys: [],
    executionIds: [],
    operationIds: [],
    signingKeyIds: [1],
    starts: [],
  };
}
