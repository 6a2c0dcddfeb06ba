import { listJobHeaders, replaceJobHeaders } from '../db/job-headers.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { isSealed, type StoredHeaders } from '../domain/secret-headers.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { isSealedNow } from '../secrets/seal.ts';
import { headersSchema } from './execution-payload.ts';
import { hasClearSecrets, sealHeaders } from './seal-headers.ts';

/** A job's headers may have 26 KB when they are sealed. */
const JOBS_PER_BATCH = 100;

export type Reencrypted = {
  /** Jobs whose secrets the current key seals now, in the newest form, and did not before. */
  reencrypted: number;
  /** Jobs with a secret that no key of the ring opens; they are left as they are. */
  unreadable: number;
  /** False when the time ran out before all jobs were looked at: to be run again. */
  isComplete: boolean;
};

export type ReencryptHeaders = (deadlineMs: number) => Promise<Reencrypted>;

/**
 * Seals the secrets of all jobs with the current key: those that were stored in clear, before Belfry sealed any, and those
 * of older keys and older versions, which can go then. Deleted jobs have secrets too. It goes through the jobs by their ids, a batch at a
 * time, holds nothing, and leaves alone what changes meanwhile, for a change seals by itself.
 *
 * @param deps.openPool connections made for one run and ended with it. @throws UnavailableError
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

function isBehind(ring: KeyRing, headers: StoredHeaders): boolean {
  if (hasClearSecrets({ headers, secretHeaders: [] })) return true;
  return Object.values(headers).some((value) => isSealed(value) && !isSealedNow(ring, value));
}
