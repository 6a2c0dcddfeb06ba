import * as z from 'zod';
import type { AuditFilters } from '../app/read-audit-log.ts';
import { auditActions } from '../domain/audit-log.ts';
import { cursorField, limitField } from './query.ts';

const ID_REMEDY = 'must be an id, which is a positive integer';
const id = z.int(ID_REMEDY).min(1, ID_REMEDY);
const INSTANT_REMEDY = 'must be an ISO 8601 instant with an offset, such as 2031-05-01T12:00:00Z';
const instant = z.iso.datetime({ offset: true, error: INSTANT_REMEDY });

export const auditQuerySchema = z
  .strictObject({
    limit: limitField,
    cursor: cursorField,
    jobId: id.meta({ description: 'Lists only changes of this job, which may be deleted.' }).exactOptional(),
    apiKeyId: id
      .meta({ description: 'Lists only changes that were made with this API key.' })
      .exactOptional(),
    action: z
      .enum(auditActions, `must be one of ${auditActions.join(', ')}`)
      .meta({ description: 'Lists only changes of this kind.' })
      .exactOptional(),
    since: instant.meta({ description: 'Lists only changes from this instant on.' }).exactOptional(),
    until: instant.meta({ description: 'Lists only changes before this instant.' }).exactOptional(),
  })
  .refine(
    ({ since, until }) => since === undefined || until === undefined || Date.parse(since) < Date.parse(until),
    {
      path: ['until'],
      error: 'must be later than since',
    },
  );

export function toAuditFilters(
  query: Omit<z.output<typeof auditQuerySchema>, 'limit' | 'cursor'>,
): AuditFilters {
  const { jobId, since, until, ...filters } = query;
  return {
    ...filters,
    ...(jobId === undefined ? {} : { subject: { kind: 'job', id: jobId } }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(until === undefined ? {} : { until: new Date(until) }),
  };
}
