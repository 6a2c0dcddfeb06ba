import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Operation } from '../../api/types.ts';
import type { Progress } from './progress.ts';

const POLL_MS = 1_000;

/** The progress of an operation that runs on the server, and the way to end it. */
export function useOperation(started: Operation | undefined): {
  progress: Progress | undefined;
  abort: (() => void) | undefined;
} {
  const { data = started } = useQuery({
    queryKey: ['operations', started?.id],
    queryFn: ({ signal }) => api.get('/api/v1/operations/{id}', { path: { id: started?.id ?? 0 }, signal }),
    enabled: started !== undefined,
    refetchInterval: ({ state }) =>
      state.data?.state === undefined || state.data.state === 'RUNNING' ? POLL_MS : false,
  });
  const { mutate, isPending } = useMutation({
    mutationFn: (id: number) => api.post('/api/v1/operations/{id}/abort', { path: { id } }),
  });
  if (data === undefined) return { progress: undefined, abort: undefined };
  const failures = data.failures.map(({ jobId, message }) => ({ name: `Job ${jobId}`, message }));
  const progress = {
    state: data.state,
    total: data.matched.count,
    done: data.done,
    skipped: data.skipped,
    failures,
  };
  return { progress, abort: data.state === 'RUNNING' && !isPending ? () => mutate(data.id) : undefined };
}
