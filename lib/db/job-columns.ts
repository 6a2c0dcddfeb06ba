import type { JobDescription } from '../domain/job.ts';
import { type FieldName, fieldNames, fieldOf, type JobField, labelNames } from '../domain/job-fields.ts';

const columnType = ({ sqlType }: JobField): string => (sqlType === 'json text' ? 'json' : sqlType);

/** JSON goes to PostgreSQL as text, also in arrays. */
const parameterType = (field: JobField): string =>
  columnType(field).startsWith('json') ? 'text' : columnType(field);

/** The value as it is sent to PostgreSQL. */
export function toParameter(name: FieldName, value: JobDescription[FieldName]): unknown {
  const { sqlType } = fieldOf(name);
  return sqlType === 'json' || sqlType === 'jsonb' ? JSON.stringify(value) : value;
}

/** Expressions that read the fields of a job `j` under their names. */
const readingOf = (names: readonly FieldName[]): string =>
  names
    .map((name) => {
      const { column, sqlType } = fieldOf(name);
      return `j.${column}${sqlType === 'json text' ? '::text' : ''} as "${name}"`;
    })
    .join(', ');

const AROUND = `j.id, j.created_at as "createdAt", j.updated_at as "updatedAt"`;

export const JOB_COLUMNS = `${AROUND}, ${readingOf(fieldNames)}`;
export const COLUMNS_BUT_BODY = `${AROUND}, ${readingOf(fieldNames.filter((name) => name !== 'body'))}`;

/** `name, description, …` */
export const COLUMN_NAMES = fieldNames.map((name) => fieldOf(name).column).join(', ');

/** `$1::text[], $2::text[], …`, one array for each field. */
export const ARRAY_PARAMETERS = fieldNames
  .map((name, index) => `$${index + 1}::${parameterType(fieldOf(name))}[]`)
  .join(', ');

/** The columns of `unnest(ARRAY_PARAMETERS)` with the types of the table. */
export const CAST_COLUMNS = fieldNames
  .map((name) => {
    const field = fieldOf(name);
    const type = columnType(field);
    return type === parameterType(field) ? field.column : `${field.column}::${type}`;
  })
  .join(', ');

/** `name = $first, …`: sets every field to a parameter, the first of which has this number. */
export const assignmentsFrom = (first: number): string =>
  fieldNames.map((name, index) => `${fieldOf(name).column} = ${parameter(name, first + index)}`).join(', ');

/** Sets each label that is given: two parameters for each label, whether it is given and its value. */
export const labelAssignmentsFrom = (first: number): string =>
  labelNames
    .map((name, index) => {
      const { column } = fieldOf(name);
      const place = first + 2 * index;
      return `${column} = case when $${place}::boolean then ${parameter(name, place + 1)} else j.${column} end`;
    })
    .join(', ');

function parameter(name: FieldName, place: number): string {
  const field = fieldOf(name);
  return `$${place}::${parameterType(field)}::${columnType(field)}`;
}

/** How many bytes the fields of a job `j` take as text, without its body. */
export const TEXT_BYTES = fieldNames
  .filter((name) => name !== 'body' && parameterType(fieldOf(name)) === 'text')
  .map((name) => `coalesce(octet_length(${fieldOf(name).column}::text), 0)`)
  .join(' + ');
