import type { AuditAction, AuditEntry, AuditSubject, By } from '../domain/audit-log.ts';
import type { Queryable } from './pool.ts';

/**
 * Makes the value of the setting `belfry.by`, from which the triggers of the audit log read who makes a change. The setting
 * ends with its transaction. Null leaves it as it is.
 */
export const toSetting = (by: By | undefined): string | null =>
  by === undefined ? null : JSON.stringify(by);

const SET_BY = /* sql */ `select set_config('belfry.by', $1, true)`;

/** Tells the audit log who makes the changes of this transaction. */
export async function setBy(tx: Queryable, by: By): Promise<void> {
  await tx.query({ name: 'set_by', text: SET_BY, values: [toSetting(by)] });
}

const INSERT_ENTRY = /* sql */ `
  insert into audit_log (at, action, subject, subject_id, actor, reason, before, after)
  select $1, $2, $3, $4, made_by -> 'actor', made_by ->> 'reason', null, $5::jsonb
    from belfry_by() made_by`;

/**
 * Writes an entry for an action that changes no job and no key, in a transaction that has told who makes its changes. For the
 * others, triggers write the entries.
 */
export async function insertAuditEntry(
  tx: Queryable,
  entry: Pick<AuditEntry, 'action' | 'subject' | 'subjectId' | 'after'>,
  now: Date,
): Promise<void> {
  const { action, subject, subjectId, after } = entry;
  await tx.query({
    name: 'insert_audit_entry',
    text: INSERT_ENTRY,
    values: [now, action, subject, subjectId, after === null ? null : JSON.stringify(after)],
  });
}

/** The list to read. Each has an index that gives its entries by time. */
export type AuditList =
  | { of: 'all' }
  | { of: 'subject'; subject: AuditSubject; subjectId: number }
  | { of: 'apiKey'; apiKeyId: number }
  | { of: 'action'; action: AuditAction };

export type AuditPage = {
  limit: number;
  /** The page continues after this entry, with older ones. Undefined for the first page. */
  afterId: number | undefined;
  /** Lists entries from this instant on. */
  since: Date | undefined;
  /** Lists entries before this instant. */
  until: Date | undefined;
};

const COLUMNS = /* sql */ `
  id, at, action, subject, subject_id as "subjectId", actor, reason, before, after`;

// The position is that of an entry. If the retention has removed the entry, it has removed every later entry of the list.
const PAGE = /* sql */ `
     and ($2::bigint is null or (at, id) < ((select at from audit_log where id = $2), $2))
     and at >= $3
     and at < $4
   order by at desc, id desc
   limit $1`;

const LIST_ALL = /* sql */ `
  select ${COLUMNS} from audit_log where true ${PAGE}`;
const LIST_OF_SUBJECT = /* sql */ `
  select ${COLUMNS} from audit_log where subject = $5 and subject_id = $6 ${PAGE}`;
const LIST_OF_API_KEY = /* sql */ `
  select ${COLUMNS} from audit_log where actor ->> 'type' = 'API_KEY' and actor ->> 'id' = $5 ${PAGE}`;
const LIST_OF_ACTION = /* sql */ `
  select ${COLUMNS} from audit_log where action = $5 ${PAGE}`;

/** Lists entries of the audit log, the latest first. */
export async function listAuditLog(db: Queryable, list: AuditList, page: AuditPage): Promise<AuditEntry[]> {
  const { limit, afterId, since, until } = page;
  const values = [limit, afterId ?? null, since ?? '-infinity', until ?? 'infinity'];
  switch (list.of) {
    case 'all':
      return (await db.query<AuditEntry>({ name: 'list_audit_log', text: LIST_ALL, values })).rows;
    case 'subject': {
      const { subject, subjectId } = list;
      const name = 'list_audit_log_of_subject';
      return (
        await db.query<AuditEntry>({ name, text: LIST_OF_SUBJECT, values: [...values, subject, subjectId] })
      ).rows;
    }
    case 'apiKey': {
      const name = 'list_audit_log_of_api_key';
      return (
        await db.query<AuditEntry>({
          name,
          text: LIST_OF_API_KEY,
          values: [...values, String(list.apiKeyId)],
        })
      ).rows;
    }
    case 'action': {
      const name = 'list_audit_log_of_action';
      return (await db.query<AuditEntry>({ name, text: LIST_OF_ACTION, values: [...values, list.action] }))
        .rows;
    }
  }
}

const DELETE_OLD = /* sql */ `
  delete from audit_log
   where id in (select id from audit_log where at < $1 order by at, id limit $2)`;

/** Deletes the oldest entries before an instant, at most `limit`. Returns their number. */
export async function deleteOldAuditLog(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'delete_old_audit_log',
    text: DELETE_OLD,
    values: [before, limit],
  });
  return rowCount ?? 0;
}
