type Page = { limit: number; cursor?: string };

export const groupsRequest = (
  query: Page & { span: '1h' | '24h' | '7d' | '30d'; order?: 'name' | 'failures' },
) => ({ path: '/api/v1/groups', query }) as const;

export const hostsRequest = (query: Page & { order?: 'name' | 'slow' }) =>
  ({ path: '/api/v1/hosts', query }) as const;
