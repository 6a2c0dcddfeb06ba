import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';

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
