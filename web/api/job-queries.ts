import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

/** A job with its body, and the entity tag of this version. */
export const jobQuery = (id: number) =>
  queryOptions({
    queryKey: ['jobs', 'one', id],
    queryFn: ({ signal }) => api.getTagged('/api/v1/jobs/{id}', { path: { id }, signal }),
  });

export const historyQuery = (jobId: number, page: { limit: number; cursor?: string | undefined }) =>
  queryOptions({
    queryKey: ['jobs', 'history', jobId, page],
    queryFn: ({ signal }) =>
      api.get('/api/v1/jobs/{id}/history', {
        path: { id: jobId },
        query: { limit: page.limit, ...(page.cursor !== undefined && { cursor: page.cursor }) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const upcomingQuery = (
  jobId: number,
  page: { limit: number; cursor?: string | undefined; days?: number },
) =>
  queryOptions({
    queryKey: ['jobs', 'upcoming', jobId, page],
    queryFn: ({ signal }) =>
      api.get('/api/v1/jobs/{id}/upcoming', {
        path: { id: jobId },
        query: {
          limit: page.limit,
          ...(page.cursor !== undefined && { cursor: page.cursor }),
          ...(page.days !== undefined && { until: daysAhead(page.days) }),
        },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

const daysAhead = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

export type AskedPreview = { schedule: string; timeZone: string; count: number; after?: string };

/** The words and next times of a schedule, and the changes of the clock that affect it. It changes nothing. */
export const previewQuery = (asked: AskedPreview) =>
  queryOptions({
    queryKey: ['schedules', 'preview', asked],
    queryFn: ({ signal }) => api.post('/api/v1/schedules/preview', { body: asked, signal }),
    placeholderData: keepPreviousData,
  });
