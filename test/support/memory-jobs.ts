import type { ApiDeps } from '../../functions/compose/api-deps.ts';
import { JobNotFoundError, ScheduleNotFoundError } from '../../lib/domain/errors.ts';
import type { Job, NewJob } from '../../lib/domain/job.ts';

export type JobState = { jobs: Map<number, Job>; created: NewJob[] };

/** Jobs and their schedules, created at `startMs`. */
export function memoryJobs(startMs: number, state: JobState) {
  const create = async (job: NewJob): Promise<Job> => {
    const createdAt = new Date(startMs);
    const created = {
      ...job,
      id: state.jobs.size + 1,
      createdAt,
      updatedAt: createdAt,
      version: 1,
      failuresInARow: 0,
      lastOutcome: null,
      pausedByFailuresAt: null,
    };
    const stored: Job = { ...created, nextExecutionTime: job.isActive ? new Date(startMs + 60_000) : null };
    state.jobs.set(stored.id, stored);
    state.created.push(job);
    return stored;
  };
  const get = async (id: number): Promise<Job> => {
    const job = state.jobs.get(id);
    if (job === undefined) throw new JobNotFoundError(id);
    return job;
  };
  const byKey = (key: string): Job | undefined => [...state.jobs.values()].find((job) => job.key === key);
  return {
    createJob: create,
    createJobs: (jobs: NewJob[]) => Promise.all(jobs.map(create)),
    listJobs: async (
      _: unknown,
      { limit, offset, after, withBodies, withTotal }: Parameters<ApiDeps['listJobs']>[1],
    ) => {
      const behind = [...state.jobs.values()].filter(({ id }) => id > Number(after ?? 0)).slice(offset);
      const items = behind.slice(0, limit).map((job) => ({ ...job, body: withBodies ? job.body : null }));
      const next = behind.length > limit ? items.at(-1)?.id : undefined;
      const placeOf = ({ id }: { id: number }) => id;
      return { items, total: totalOf(withTotal, state.jobs.size), next, placeOf };
    },
    listFailingJobs: async ({ limit }: { limit: number }) => {
      const failing = [...state.jobs.values()].filter(({ failuresInARow }) => failuresInARow > 0);
      const items = failing.slice(0, limit).map((job) => ({ ...job, body: null }));
      const pausedByFailures = { count: 0, isCapped: false };
      return { items, total: { count: failing.length, isCapped: false }, pausedByFailures };
    },
    getJob: get,
    getJobId: async (key: string) => byKey(key)?.id ?? Promise.reject(new JobNotFoundError({ key })),
    putJob: async (key: string, job: NewJob) => {
      const known = byKey(key);
      if (known === undefined) return { job: await create({ ...job, key }), isNew: true };
      const replaced = { ...known, ...job, key, version: known.version + 1 };
      state.jobs.set(known.id, replaced);
      return { job: replaced, isNew: false };
    },
    changeJob: async (id: number, changes: Partial<NewJob>) => {
      const before = await get(id);
      const changed = { ...before, ...changes, version: before.version + 1 };
      state.jobs.set(id, changed);
      return changed;
    },
    deleteJob: async (id: number) => {
      await get(id);
      state.jobs.delete(id);
    },
    getSchedule: async (id: number) => {
      const { nextExecutionTime } = await get(id);
      if (nextExecutionTime === null) throw new ScheduleNotFoundError(id);
      return { id: 7, jobId: id, nextExecutionTime, createdAt: new Date(startMs) };
    },
  };
}

const totalOf = (withTotal: boolean, count: number) => (withTotal ? { count, isCapped: false } : undefined);
export const pageOf = <T>(items: T[], limit: number, withTotal: boolean) => ({
  items: items.slice(0, limit),
  total: totalOf(withTotal, items.length),
  hasMore: items.length > limit,
});
