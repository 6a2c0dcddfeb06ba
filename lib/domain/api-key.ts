import { type FieldError } from './errors.ts';

/**
 * No scope implies another. A key with only the scope `admin` cannot read jobs. The scope `calendar` reads the names
 * and times of upcoming executions: its key is in an address, which more people and programs see than a header.
 */
export const apiKeyScopes = ['read', 'write', 'admin', 'calendar'] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** The name of the deployment's own key, which is in its secret, or in the data directory of a local run. */
export const DEPLOYMENT_KEY_NAME = 'admin';

export const apiKeyLimits = {
  nameLength: 100,
  maxYears: 10,
  maxRatePerSecond: 100_000,
} as const;

/** The request for a new key. */
export type NewApiKey = {
  name: string;
  scopes: readonly ApiKeyScope[];
  /** Null for a key that does not expire. */
  expiresAt: Date | null;
  /** Requests per second. Null for the limit of the deployment. */
  rateLimitPerSecond: number | null;
};

/** The description of a key, without the key itself. */
export type ApiKey = NewApiKey & {
  id: number;
  createdAt: Date;
  /** The time of the last use, to a minute. Null before the first use. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

/** The fields of a key that decide whether a request is allowed, and its name for the audit log. */
export type ApiKeyAccess = {
  id: number;
  name: string;
  /** SHA-256 of the key. */
  keyHash: Buffer;
  scopes: readonly string[];
  expiresAt: Date | null;
  rateLimitPerSecond: number | null;
};

/** The API key of a request. */
export type Caller = Pick<ApiKeyAccess, 'id' | 'name' | 'scopes'>;

/** Tells whether the key has expired, to the millisecond. */
export function isExpired({ expiresAt }: { expiresAt: Date | null }, nowMs: number): boolean {
  return expiresAt !== null && expiresAt.getTime() <= nowMs;
}

/** Checks what the schema of a request cannot check, because it depends on the time. */
export function checkNewApiKey({ expiresAt }: NewApiKey, nowMs: number): FieldError[] {
  if (expiresAt === null) return [];
  const latest = new Date(nowMs);
  latest.setUTCFullYear(latest.getUTCFullYear() + apiKeyLimits.maxYears);
  if (!isExpired({ expiresAt }, nowMs) && expiresAt <= latest) return [];
  const message = `must be in the future, and at most ${apiKeyLimits.maxYears} years from now; leave it out for a key that does not expire`;
  return [{ field: 'expiresAt', message }];
}
