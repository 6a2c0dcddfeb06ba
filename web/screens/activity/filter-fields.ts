import { useQuery } from '@tanstack/react-query';
import type { FilterField } from '../../components/token-filter/suggestions.ts';
import { keyNamesQuery } from './queries.ts';
import { actionWords, auditActions } from './search.ts';

/** The conditions of the activity. Keys are offered by their names. */
export function useActivityFields(): readonly FilterField[] {
  const { data } = useQuery(keyNamesQuery);
  const keys = data?.items ?? [];
  return [
    { name: 'action', does: 'what was done', values: auditActions, labels: actionWords },
    {
      name: 'by',
      does: 'the API key that made the change',
      values: keys.map(({ id }) => String(id)),
      labels: Object.fromEntries(
        keys.map(({ id, name, revokedAt }) => [id, revokedAt === null ? name : `${name} (revoked)`]),
      ),
    },
    { name: 'job', does: 'changes of the job with this number' },
    { name: 'since', does: 'from an instant on, such as 2031-05-01T12:00:00Z' },
    { name: 'until', does: 'before an instant' },
  ];
}
