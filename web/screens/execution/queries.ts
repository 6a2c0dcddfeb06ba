import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Explanation } from '../../api/types.ts';

export const executionQuery = (id: number) =>
  queryOptions({
    queryKey: ['executions', id],
    queryFn: ({ signal }) => api.get('/api/v1/executions/{id}', { path: { id }, signal }),
  });

export const explanationQuery = (id: number) =>
  queryOptions({
    queryKey: ['executions', id, 'explain'],
    queryFn: ({ signal }) => api.get('/api/v1/executions/{id}/explain', { path: { id }, signal }),
  });

const lastFacts: readonly Explanation['facts'][number]['code'][] = [
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'SKIPPED',
];

/** Whether the explanation tells how the execution ended. It may be older than an answer that says that it has ended. */
export const tellsEnd = ({ facts }: Explanation): boolean =>
  facts.some(({ code }) => lastFacts.includes(code));
