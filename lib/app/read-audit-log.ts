import { type AuditList, listAuditLog } from '../db/audit-log.ts';
import type { Queryable } from '../db/pool.ts';
import type { AuditAction, AuditEntry, AuditSubject } from '../domain/audit-log.ts';

export type AuditFilters = {
  subject?: { kind: AuditSubject; id: number } | undefined;
  apiKeyId?: number | undefined;
  action?: AuditAction | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
};

export type AuditLogPage = {
  items: AuditEntry[];
  /** The last entry that was read, which may not match. Null at the end of the list. */
  lastId: number | null;
};

export type ReadAuditLog = (
  filters: AuditFilters & { limit: number; afterId: number | undefined },
) => Promise<AuditLogPage>;

const ENTRIES_PER_READ = 500;
const MAX_READS = 4;

/**
 * Makes the function that reads a page of the audit log, the latest entry first. One filter chooses the list, and the other
 * filters are applied to its entries. The work for a page is bounded: if few of 2,000 entries match, the page is short and
 * the next one continues after them.
 */
export function makeReadAuditLog({ pool }: { pool: Queryable }): ReadAuditLog {
  return async ({ limit, afterId, since, until, ...filters }) => {
    const list = listFor(filters);
    const items: AuditEntry[] = [];
    let lastId = afterId;
    for (let reads = 1; reads <= MAX_READS; reads += 1) {
      const size = Math.max(ENTRIES_PER_READ, limit + 1);
      const entries = await listAuditLog(pool, list, { limit: size, afterId: lastId, since, until });
      for (const entry of entries) {
        if (items.length === limit) return { items, lastId: lastId ?? null };
        if (matches(entry, filters)) items.push(entry);
        lastId = entry.id;
      }
      if (entries.length < size) return { items, lastId: null };
    }
    return { items, lastId: lastId ?? null };
  };
}

function listFor({ subject, apiKeyId, action }: AuditFilters): AuditList {
  if (subject !== undefined) return { of: 'subject', subject: subject.kind, subjectId: subject.id };
  if (apiKeyId !== undefined) return { of: 'apiKey', apiKeyId };
  return action === undefined ? { of: 'all' } : { of: 'action', action };
}

function matches(entry: AuditEntry, { subject, apiKeyId, action }: AuditFilters): boolean {
  const { actor } = entry;
  return (
    (subject === undefined || (entry.subject === subject.kind && entry.subjectId === subject.id)) &&
    (apiKeyId === undefined || (actor?.type === 'API_KEY' && actor.id === apiKeyId)) &&
    (action === undefined || entry.action === action)
  );
}
