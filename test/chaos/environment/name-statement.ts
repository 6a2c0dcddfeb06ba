/** Statements that change nothing in PostgreSQL are no points: what is killed there has done nothing. */
const WRITE =
  /\binsert into\b|\bupdate\s+(?:only\s+)?\w+(?:\s+\w+)?\s+set\b|\bdelete from\b|^\s*(?:commit|create|alter|drop)\b/i;
const UPDATE = /\bupdate\s+(?:only\s+)?(\w+)(?:\s+\w+)?\s+set\s+(\w+)/i;
const INSERT_OR_DELETE = /\b(insert into|delete from)\s+(\w+)/i;

/**
 * What a statement is called among the points: the name it is prepared under, or what it changes; undefined when it only
 * reads. An update goes by its first column as well: two of them may change one table.
 */
export function nameStatement(statement: { name?: string | undefined; text: string }): string | undefined {
  const { name, text } = statement;
  if (!WRITE.test(text)) return undefined;
  if (name !== undefined) return name;
  const insert = INSERT_OR_DELETE.exec(text);
  if (insert !== null) return `${insert[1]?.toLowerCase()} ${insert[2]}`;
  const update = UPDATE.exec(text);
  if (update !== null) return `update ${update[1]}.${update[2]}`;
  return text.trim().split(/\s+/, 2).join(' ').toLowerCase();
}
