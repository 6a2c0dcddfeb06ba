import { listJobHeaders, replaceJobHeaders } from '../db/job-headers.ts';
import type { Pool } from '../db/pool.ts';
import { listSigningSecrets, replaceSigningSecret } from '../db/signing-keys.ts';
import type { Clock } from '../domain/clock.ts';
import { isSealed, type StoredHeaders } from '../domain/secret-headers.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { isSealedNow } from '../secrets/seal.ts';
import { headersSchema, sealedSchema } from './payload-schema.ts';
import { hasClearSecrets, sealHeaders } from './seal-headers.ts';
import { openSecrets, sealSecret } from './signing-keys/sealed-secret.ts';

/** The encrypted headers of a job may have 26 KB. */
const JOBS_PER_BATCH = 100;

export type Reencrypted = {
  /** The number of jobs and signing keys whose secrets were encrypted again, with the current key and in the newest format. */
  reencrypted: number;
  /** The number of jobs and signing keys with a secret that no key of the key ring can decrypt. They are not changed. */
  unreadable: number;
  /** False when the time ran out before every job was checked. Run it again in that case. */
  isComplete: boolean;
};

export type ReencryptHeaders = (deadlineMs: number) => Promise<Reencrypted>;

/**
 * Encrypts the secrets of all jobs and signing keys with the current key. This includes secrets that were stored unencrypted before
 * Belfry supported encryption, secrets of older keys and formats, and secrets of deleted jobs. Older keys can be
 * removed afterwards. It processes the jobs in batches in the order of their ids, and takes no locks. It skips jobs
 * that change in the meantime, because every change of a job encrypts its secrets.
 *
 * @param deps.openPool opens connections for one run. They are closed when the run ends.
 * @throws UnavailableError
 */
export function makeReencryptHeaders(deps: {
  openPool: () => Pool;
  dataKeys: DataKeys;
  clock: Clock;
}): ReencryptHeaders {
  const { openPool, dataKeys, clock } = deps;

  const reencryptAll = async (db: Pool, deadlineMs: number): Promise<Reencrypted> => {
    const total = { reencrypted: 0, unreadable: 0, isComplete: false };
    let afterId: number | undefined = 0;
    while (afterId !== undefined && clock.nowMs() < deadlineMs) {
      const ring = await dataKeys.get();
      const batch = await listJobHeaders(db, afterId, JOBS_PER_BATCH);
      const sealed = batch.flatMap(({ id, api, text: before }) => {
        const headers = headersSchema.parse(JSON.parse(before));
        if (!isBehind(ring, headers)) return [];
        return [{ id, api, before, after: sealHeaders(ring, { id, api, headers, secretHeaders: [] }) }];
      });
      total.unreadable += sealed.filter(({ after }) => isBehind(ring, after)).length;
      total.reencrypted += await replaceJobHeaders(
        db,
        sealed.filter(({ after }) => !isBehind(ring, after)),
      );
      afterId = batch.length < JOBS_PER_BATCH ? undefined : batch.at(-1)?.id;
      total.isComplete = afterId === undefined;
    }
    if (total.isComplete) await reencryptSigningKeys(db, await dataKeys.get(), total);
    return total;
  };

  return async (deadlineMs) => {
    const pool = openPool();
    try {
      return await reencryptAll(pool, deadlineMs);
    } finally {
      await pool.end();
    }
  };
}

/** There are at most a few hundred. A key that changes in the meantime is revoked, and has no secret then. */
async function reencryptSigningKeys(
  db: Pool,
  ring: KeyRing,
  total: Pick<Reencrypted, 'reencrypted' | 'unreadable'>,
): Promise<void> {
  const keys = (await listSigningSecrets(db)).map(({ id, text }) => ({
    id,
    text,
    secret: sealedSchema.parse(JSON.parse(text)),
  }));
  const behind = keys.filter(({ secret }) => !isSealedNow(ring, secret));
  const { opened, failed } = openSecrets(ring, behind);
  total.unreadable += failed.length;
  for (const { key, secret } of opened) {
    const after = sealSecret(ring, key.id, secret);
    if (await replaceSigningSecret(db, { id: key.id, before: key.text, after })) total.reencrypted += 1;
  }
}

function isBehind(ring: KeyRing, headers: StoredHeaders): boolean {
  if (hasClearSecrets({ headers, secretHeaders: [] })) return true;
  return Object.values(headers).some((value) => isSealed(value) && !isSealedNow(ring, value));
}
