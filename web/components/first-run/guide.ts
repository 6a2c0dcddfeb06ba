import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { makeStore } from '../../base/store.ts';

/** How often the guide looks for the job and its run. */
const LOOK_MS = 2_000;

const latestJobQuery = queryOptions({
  queryKey: ['jobs', 'first'],
  queryFn: async ({ signal }) =>
    (await api.get('/api/v1/jobs', { query: { limit: 1, sort: '-createdAt' }, signal })).items[0] ?? null,
});

const latestRunQuery = queryOptions({
  queryKey: ['executions', 'first'],
  queryFn: async ({ signal }) =>
    (await api.get('/api/v1/executions', { query: { limit: 1 }, signal })).items[0] ?? null,
});

/** The guide begins when there is no job, and continues until a person ends it. */
const guide = makeStore<'not begun' | 'on' | 'ended'>('not begun');

export const endGuide = (): void => guide.set('ended');

/**
 * The first job and its first run, for the guide. Undefined if there is nothing to guide through.
 *
 * @param mayBeEmpty whether what the screen has read leaves it open that there is no job. Nothing is read otherwise.
 */
export function useGuide(mayBeEmpty: boolean) {
  const state = guide.use();
  const isOn = state === 'on';
  const mayBegin = state === 'not begun' && mayBeEmpty;
  const looks = { enabled: isOn || mayBegin, refetchInterval: isOn ? LOOK_MS : (false as const) };
  const { data: job } = useQuery({ ...latestJobQuery, ...looks });
  const { data: run = null } = useQuery({ ...latestRunQuery, ...looks, enabled: isOn && job !== null });
  useEffect(() => {
    if (mayBegin && job === null) guide.set('on');
  }, [mayBegin, job]);
  return isOn && job !== undefined ? { job, run } : undefined;
}
