import * as fc from 'fast-check';
import type { ApiKeyScope } from '../../../lib/domain/api-key.ts';

/** Keys that the run creates before it starts, named by their scope or state. */
export const keyNames = ['all', 'read', 'write', 'admin', 'expired', 'revoked'] as const;
export type KeyName = (typeof keyNames)[number];

export const scopesOf: Record<KeyName, readonly ApiKeyScope[]> = {
  all: ['read', 'write', 'admin', 'calendar'],
  read: ['read'],
  write: ['write'],
  admin: ['admin'],
  // The API refuses these keys, regardless of their scopes.
  expired: [],
  revoked: [],
};

export const letsIn = (name: KeyName): boolean => scopesOf[name].length > 0;

/** `made` is a key that a request of this run created; it may be revoked, expired or rate-limited by now. */
export type Credential =
  | { kind: 'key'; name: KeyName; as: 'bearer' | 'x-api-key' }
  | { kind: 'made'; made: number }
  | { kind: 'wrong'; headers: readonly (readonly [string, string])[] };

const wrong = [
  [],
  [['x-api-key', '']],
  [['x-api-key', 'bfy_']],
  [['x-api-key', `bfy_${'A'.repeat(43)}`]],
  [['x-api-key', 'k'.repeat(600)]],
  [['x-api-key', "' or '1'='1"]],
  [['x-api-key', '\u00e9\u00ff']],
  [['authorization', 'Bearer']],
  [['authorization', 'Bearer ']],
  [['authorization', 'Basic YTpi']],
  [['authorization', 'Bearer a b c']],
  [['authorization', `Bearer bfy_${'z'.repeat(43)}`]],
] as const;

export const credentials: fc.Arbitrary<Credential> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom<Credential>(
      { kind: 'key', name: 'all', as: 'x-api-key' },
      { kind: 'key', name: 'all', as: 'bearer' },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('key' as const),
      name: fc.constantFrom(...keyNames),
      as: fc.constantFrom('bearer' as const, 'x-api-key' as const),
    }),
  },
  { weight: 1, arbitrary: fc.nat({ max: 1_000 }).map((made) => ({ kind: 'made' as const, made })) },
  { weight: 1, arbitrary: fc.constantFrom(...wrong).map((headers) => ({ kind: 'wrong' as const, headers })) },
);
