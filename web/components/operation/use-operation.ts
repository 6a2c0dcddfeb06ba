import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Operation } from '../../api/types.ts';
import type { Progress } from './progress.ts';

const POLL_MS = 1_000;

type InProgress = { progress: Progress | undefined; abort: (() => void) | undefined };

const isRunning = ({ state }: Operation): boolean => state === 'RUNNING';

/** The progress of an operation that runs on the server, and the way to end it. */
export const useOperation = (started: Operation | undefined): InProgress =>
  useOperations(started === undefined ? [] : [started]);

/** The same for several operations, as if they were one. */
export function useOperations(started: readonly Operation[]): InProgress {
  const ids = started.map(({ id }) => id);
  const { data = started, error: readError } = useQuery({
    queryKey: ['operations', ...ids],
    queryFn: ({ signal }) =>
      Promise.all(ids.map((id) => api.get('/api/v1/operations/{id}', { path: { id }, signal }))),
    enabled: ids.length > 0,
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.some(isRunning) ? POLL_MS : false,
  });
  const running = data.filter(isRunning);
  const {
    mutate,
    isPending,
    error: abortError,
  } = useMutation({
    mutationFn: () =>
      Promise.all(running.map(({ id }) => api.post('/api/v1/operations/{id}/abort', { path: { id } }))),
  });
  if (data.length === 0) return { progress: undefined, abort: undefined };
  const isAborted = data.some(({ state }) => state === 'ABORTED');
  const sum = (count: (operation: Operation) => number) =>
    data.reduce((total, operation) => total + count(operation), 0);
  const progress = {
    state: running.length > 0 ? ('RUNNING' as const) : isAborted ? ('ABORTED' as const) : ('DONE' as const),
    total: sum(({ matched }) => matched.count),
    done: sum(({ done }) => done),
    skipped: sum(({ skipped }) => skipped),
    failures: data.flatMap(({ failures }) =>
      failures.map(({ jobId, message }) => ({ name: `Job ${jobId}`, message })),
    ),
    problems: [
      ...(readError === null ? [] : [{ title: 'The progress could not be read', error: readError }]),
      ...(abortError === null || running.length === 0
        ? []
        : [{ title: 'It could not be aborted, and continues', error: abortError }]),
    ],
  };
  return { progress, abort: running.length > 0 && !isPending ? () => mutate() : undefined };
}
