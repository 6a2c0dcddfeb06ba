import { beforeEach, describe, expect, test } from 'vitest';
import { markJobsDeleted } from '../../../lib/db/job-states.ts';
import { insertJobs } from '../../../lib/db/jobs.ts';
import { countJobs, listJobs, listJobsById } from '../../../lib/db/list-jobs.ts';
import { emptyTables, newJob, NOON, pool, storeJob, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const maxBytes = 2 * 1_048_576;

describe('listJobs', () => {
  test('listJobs pages in the order of creation, and counts all jobs', async () => {
    const ids = (
      await insertJobs(
        pool,
        Array.from({ length: 5 }, () => newJob()),
        NOON,
      )
    ).map((job) => job.id);
    const pages = await Promise.all(
      [0, 2, 4, 6].map((offset) => listJobs(pool, { limit: 2, offset, maxBytes }, NOON)),
    );
    expect(pages.map((page) => page.items.map((job) => job.id))).toEqual([
      ids.slice(0, 2),
      ids.slice(2, 4),
      ids.slice(4),
      [],
    ]);
    expect(await countJobs(pool)).toEqual({ count: 5, isCapped: false });
  });

  test('listJobs continues after an id', async () => {
    const jobs = await insertJobs(
      pool,
      Array.from({ length: 4 }, () => newJob()),
      NOON,
    );
    const ids = jobs.map((job) => job.id);
    const page = await listJobs(pool, { limit: 2, offset: 0, afterId: ids[0]!, maxBytes }, NOON);
    expect(page.items.map((job) => job.id)).toEqual(ids.slice(1, 3));
    expect(page.hasMore).toBe(true);
    const last = await listJobs(pool, { limit: 2, offset: 0, afterId: ids[1]!, maxBytes }, NOON);
    expect(last.hasMore).toBe(false);
  });

  test('listJobs ends a page at its limit of bytes, and returns at least one job', async () => {
    const bodies = [10, 4_000_000, 10, 900_000, 900_000, 900_000].map((size) =>
      JSON.stringify('x'.repeat(size)),
    );
    const jobs = await insertJobs(
      pool,
      bodies.map((body) => newJob({ body })),
      NOON,
    );
    const pages: number[][] = [];
    for (let afterId: number | undefined = 0; afterId !== undefined;) {
      const page = await listJobs(pool, { limit: 100, offset: 0, afterId, withBodies: true, maxBytes }, NOON);
      pages.push(page.items.map((job) => jobs.findIndex(({ id }) => id === job.id)));
      expect(page.items.every(({ id, body }) => body === jobs.find((job) => job.id === id)!.body)).toBe(true);
      afterId = page.hasMore ? page.items.at(-1)!.id : undefined;
    }
    expect(pages).toEqual([[0], [1], [2, 3, 4], [5]]);
    const without = await listJobs(pool, { limit: 100, offset: 0, maxBytes }, NOON);
    expect(without.items.map((job) => job.body)).toEqual(jobs.map(() => null));
  });

  test('listJobsById lists the given jobs in their order, and ends at its limit of bytes', async () => {
    const ids: number[] = [];
    for (const size of [10, 10, 1_500_000, 1_500_000, 10])
      ids.push((await storeJob({ body: JSON.stringify('x'.repeat(size)) })).id);
    const page = { limit: 3, offset: 1, withBodies: true, maxBytes };
    const read = async (asked: object) => (await listJobsById(pool, ids, { ...page, ...asked }, NOON)).items;
    expect((await read({})).map(({ id }) => id)).toEqual(ids.slice(1, 3));
    expect((await read({ withBodies: false })).map(({ id }) => id)).toEqual(ids.slice(1, 4));
    expect((await read({ offset: 4 })).map(({ id }) => id)).toEqual(ids.slice(4));
    expect(await read({ offset: 5 })).toEqual([]);
  });

  test('listJobs leaves out deleted jobs', async () => {
    const kept = await storeJob();
    const deleted = await storeJob();
    await markJobsDeleted(pool, [deleted.id], NOON);
    expect(await listJobs(pool, { limit: 10, offset: 0, maxBytes }, NOON)).toEqual({
      items: [{ ...kept, body: null }],
      hasMore: false,
    });
  });
});
