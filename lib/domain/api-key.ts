import { type FieldError } from './errors.ts';

/** None implies another: a key that may only manage keys reads no job. */
export const apiKeyScopes = ['read', 'write', 'admin'] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** The key that a deployment keeps by itself: in its secret, or in the data directory of one machine. */
export const DEPLOYMENT_KEY_NAME = 'admin';

export const apiKeyLimits = {
  nameLength: 100,
  maxYears: 10,
  maxRatePerSecond: 100_000,
} as const;

/** A key as it is asked for. */
export type NewApiKey = {
  name: string;
  scopes: readonly ApiKeyScope[];
  /** Null: never. */
  expiresAt: Date | null;
  /** Requests a second; null: the deployment's limit. */
  rateLimitPerSecond: number | null;
};

/** A key as it is shown: all but the key. */
export type ApiKey = NewApiKey & {
  id: number;
  createdAt: Date;
  /** To a minute; null until there was a use. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

/** What lets a request in. */
export type ApiKeyAccess = {
  id: number;
  /** SHA-256 of the key. */
  keyHash: Buffer;
  scopes: readonly string[];
  expiresAt: Date | null;
  rateLimitPerSecond: number | null;
};

/** By the clock, to the millisecond. */
export function isExpired({ expiresAt }: { expiresAt: Date | null }, nowMs: number): boolean {
  return expiresAt !== null && expiresAt.getTime() <= nowMs;
}

/** What the schema of a request cannot know. */
export function checkNewApiKey({ expiresAt }: NewApiKey, nowMs: number): FieldError[] {
  if (expiresAt === null) return [];
  const latest = new Date(nowMs);
  latest.setUTCFullYear(latest.getUTCFullYear() + apiKeyLimits.maxYears);
  if (!isExpired({ expiresAt }, nowMs) && expiresAt <= latest) return [];
  const message = `must lie in the future, by ${apiKeyLimits.maxYears} years at most; leave it out for a key that does not expire`;
  return [{ field: 'expiresAt', message }];
}
