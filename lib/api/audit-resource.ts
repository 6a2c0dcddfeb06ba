import * as z from 'zod';
import { auditActions, type AuditEntry, auditSubjects } from '../domain/audit-log.ts';
import { fieldNames, fieldOf } from '../domain/job-fields.ts';

const values = z.record(z.string(), z.unknown()).nullable();

export const auditEntrySchema = z
  .strictObject({
    id: z.int().min(1),
    at: z.string().meta({ format: 'date-time' }),
    action: z.enum(auditActions),
    subject: z.strictObject({ type: z.enum(auditSubjects), id: z.int().min(1) }).meta({
      description: 'What was changed.',
    }),
    actor: z
      .strictObject({
        type: z.enum(['API_KEY', 'COMMAND_LINE', 'DEPLOYMENT', 'BELFRY']),
        id: z.int().exactOptional(),
        name: z.string().nullable(),
      })
      .nullable()
      .meta({
        description:
          'Who made the change: an API key (`id` and `name`), a command, a deployment, or Belfry by a rule of the job. Null for a change by a version without the audit log.',
      }),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'The header `X-Belfry-Reason` of the request, if it had one.' }),
    before: values.meta({
      description: 'The fields that changed, with their values before the change. Null for a creation.',
    }),
    after: values.meta({
      description:
        'The fields that changed, with their values after the change. Null for a deletion. Values of secret headers are `[secret]`, and a body of more than 2 KiB is shown by its size and SHA-256.',
    }),
  })
  .meta({ id: 'AuditEntry' });

const nameOfColumn = new Map<string, string>(fieldNames.map((name) => [fieldOf(name).column, name]));

export const auditEntryResource = (entry: AuditEntry): z.infer<typeof auditEntrySchema> => ({
  id: entry.id,
  at: entry.at.toISOString(),
  action: entry.action,
  subject: { type: entry.subject, id: entry.subjectId },
  actor: entry.actor,
  reason: entry.reason,
  before: entry.before === null ? null : toFields(entry.before),
  after: entry.after === null ? null : toFields(entry.after),
});

/** Names the columns as the API does. A small body is stored as JSON text. */
function toFields(columns: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [
      nameOfColumn.get(column) ?? column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      column === 'body' && typeof value === 'string' ? JSON.parse(value) : value,
    ]),
  );
}
