import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';

export const failureQuery = (id: string) =>
  queryOptions({
    queryKey: ['failures', 'one', id],
    queryFn: ({ signal }) => api.get('/api/v1/failures/{id}', { path: { id }, signal }),
  });
