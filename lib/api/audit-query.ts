import * as z from 'zod';
import type { AuditFilters } from '../app/read-audit-log.ts';
import { auditActions } from '../domain/audit-log.ts';
import { inOrder, instantField, toDate } from './instant-field.ts';
import { cursorField, limitField } from './query.ts';

const ID_REMEDY = 'must be an id, which is a positive integer';
const id = z.int(ID_REMEDY).min(1, ID_REMEDY);

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
    since: instantField('Lists only changes at or after this instant.').exactOptional(),
    until: instantField('Lists only changes before this instant.').exactOptional(),
  })
  .refine(...inOrder('since', 'until'));

export function toAuditFilters(
  query: Omit<z.output<typeof auditQuerySchema>, 'limit' | 'cursor'>,
): AuditFilters {
  const { jobId, since, until, ...filters } = query;
  return {
    ...filters,
    ...(jobId === undefined ? {} : { subject: { kind: 'job', id: jobId } }),
    ...(since === undefined ? {} : { since: toDate(since) }),
    ...(until === undefined ? {} : { until: toDate(until) }),
  };
}
