import { findLiveKeys, isKeyTaken } from '../db/job-keys.ts';
import type { Queryable } from '../db/pool.ts';
import { JobKeyTakenError } from '../domain/errors.ts';

/** The number of times to try. Each further try means that another caller has deleted the job with the key. */
const MAX_TRIES = 3;

/**
 * Stores jobs, and reports which of their keys belong to other jobs. PostgreSQL decides, with a unique index, so that of
 * two requests at the same time one succeeds.
 *
 * @param keys the key of each job that is stored.
 * @param isBatch adds the place of each taken key to the error.
 * @throws JobKeyTakenError
 */
export async function reportTakenKeys<Result>(
  db: Queryable,
  keys: readonly (string | null)[],
  store: () => Promise<Result>,
  { isBatch = false }: { isBatch?: boolean } = {},
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await store();
    } catch (error) {
      if (!isKeyTaken(error)) throw error;
      const live = await findLiveKeys(
        db,
        keys.filter((key) => key !== null),
      );
      const jobIds = new Map(live.map(({ key, jobId }) => [key, jobId]));
      const [first, ...more] = keys.flatMap((key, index) => {
        const jobId = key === null ? undefined : jobIds.get(key);
        return key === null || jobId === undefined ? [] : [{ key, jobId, ...(isBatch && { index }) }];
      });
      if (first !== undefined) throw new JobKeyTakenError([first, ...more], { cause: error });
      if (tries === MAX_TRIES) throw error;
    }
  }
}
