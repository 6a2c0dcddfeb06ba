/** Matches writes. Reads have no points: a process that is killed at a read has changed nothing there. */
const WRITE =
  /\binsert into\b|\bupdate\s+(?:only\s+)?\w+(?:\s+\w+)?\s+set\b|\bdelete from\b|^\s*(?:commit|create|alter|drop)\b/i;
const UPDATE = /\bupdate\s+(?:only\s+)?(\w+)(?:\s+\w+)?\s+set\s+(\w+)/i;
/** A comment at the beginning, with which a statement that is not prepared under a name has one nevertheless. */
const NAME = /^\s*-- (\w+)\s*$/m;
const INSERT_OR_DELETE = /\b(insert into|delete from)\s+(\w+)/i;

/**
 * Names a statement for its points: the name of the prepared statement, the name in a comment at its beginning,
 * or the table that it changes; undefined for a read. The
 * name of an update contains its first column too, because several updates may change one table.
 */
export function nameStatement(statement: { name?: string | undefined; text: string }): string | undefined {
  const { name, text } = statement;
  if (!WRITE.test(text)) return undefined;
  const given = name ?? (text.trimStart().startsWith('--') ? NAME.exec(text)?.[1] : undefined);
  if (given !== undefined) return given;
  const insert = INSERT_OR_DELETE.exec(text);
  if (insert !== null) return `${insert[1]?.toLowerCase()} ${insert[2]}`;
  const update = UPDATE.exec(text);
  if (update !== null) return `update ${update[1]}.${update[2]}`;
  return text.trim().split(/\s+/, 2).join(' ').toLowerCase();
}
