import type { AuditEntry } from '../../api/types.ts';

/** A field with its values before and after; undefined where there was none. */
export type Change = { field: string; before: string | undefined; after: string | undefined };

/** Tells whether a value says nothing: it is missing, or an empty list or object. */
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);

const toText = (value: unknown): string | undefined => {
  if (isEmpty(value)) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The differences of an entry, field by field, by name. */
export function changesOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return fields
    .map((field) => {
      const change = { field, before: toText(before?.[field]), after: toText(after?.[field]) };
      if (before === null || after === null || change.before !== undefined || change.after !== undefined)
        return change;
      // Two empty values differ as well, such as no body and an empty one.
      return { field, before: exactly(before[field]), after: exactly(after[field]) };
    })
    .filter((change) => change.before !== undefined || change.after !== undefined);
}

const exactly = (value: unknown): string => JSON.stringify(value ?? null);
