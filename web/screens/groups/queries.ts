import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { groupsRequest, hostsRequest } from '../../api/groups.ts';
import { api } from '../../api/client.ts';
import type { GroupsSearch } from './search.ts';

/** A page of the table. */
const PAGE_SIZE = 50;

/** A list in another order than by name has one page. */
const pageOf = ({ order, cursor }: GroupsSearch) => ({
  limit: PAGE_SIZE,
  ...(order === undefined && cursor !== undefined && { cursor }),
});

export const groupsPageRequest = (search: GroupsSearch) =>
  groupsRequest({
    ...pageOf(search),
    span: search.span ?? '24h',
    ...(search.order !== undefined && { order: 'failures' }),
  });

export const groupsPageQuery = (search: GroupsSearch) =>
  queryOptions({
    queryKey: ['groups', 'page', search],
    queryFn: ({ signal }) => {
      const { path, query } = groupsPageRequest(search);
      return api.get(path, { query, signal });
    },
    placeholderData: keepPreviousData,
  });

export const hostsPageRequest = (search: GroupsSearch) =>
  hostsRequest({ ...pageOf(search), ...(search.order !== undefined && { order: 'slow' }) });

export const hostsPageQuery = (search: GroupsSearch) =>
  queryOptions({
    queryKey: ['hosts', 'page', search],
    queryFn: ({ signal }) => {
      const { path, query } = hostsPageRequest(search);
      return api.get(path, { query, signal });
    },
    placeholderData: keepPreviousData,
  });
