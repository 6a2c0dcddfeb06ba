import type { JobDescription } from '../domain/job.ts';
import { type FieldName, fieldNames, fieldOf, type JobField, labelNames } from '../domain/job-fields.ts';

const columnType = ({ sqlType }: JobField): string => (sqlType === 'json text' ? 'json' : sqlType);

/** Returns the type of a parameter. JSON is sent to PostgreSQL as text, also in arrays. */
const parameterType = (field: JobField): string =>
  columnType(field).startsWith('json') ? 'text' : columnType(field);

/** Converts the value of a field to a parameter for PostgreSQL. */
export function toParameter(name: FieldName, value: JobDescription[FieldName]): unknown {
  const { sqlType } = fieldOf(name);
  // Null is no value of the column, and not the JSON text `null`.
  return value !== null && (sqlType === 'json' || sqlType === 'jsonb') ? JSON.stringify(value) : value;
}

/** Makes the expressions that read the fields of a job `j` under their names. */
const readingOf = (names: readonly FieldName[]): string =>
  names
    .map((name) => {
      const { column, sqlType } = fieldOf(name);
      return `j.${column}${sqlType === 'json text' ? '::text' : ''} as "${name}"`;
    })
    .join(', ');

const readingAll = readingOf(fieldNames);
const readingAllButBody = readingOf(fieldNames.filter((name) => name !== 'body'));

export const JOB_COLUMNS = /* sql */ `
  j.id, j.created_at as "createdAt", j.updated_at as "updatedAt", j.version, ${readingAll}`;
export const COLUMNS_BUT_BODY = /* sql */ `
  j.id, j.created_at as "createdAt", j.updated_at as "updatedAt", j.version, ${readingAllButBody}`;

const columnNames = fieldNames.map((name) => fieldOf(name).column).join(', ');

/** `name, description, …` */
export const COLUMN_NAMES = /* sql */ `
  ${columnNames}`;

const arrayParameters = fieldNames
  .map((name, index) => `$${7 + index}::${parameterType(fieldOf(name))}[]`)
  .join(', ');

/** `$7::text[], $8::text[], …`: one array for each field. */
export const ARRAY_PARAMETERS = /* sql */ `
  ${arrayParameters}`;

const castColumns = fieldNames
  .map((name) => {
    const field = fieldOf(name);
    const type = columnType(field);
    return type === parameterType(field) ? field.column : `${field.column}::${type}`;
  })
  .join(', ');

/** The columns of `unnest(ARRAY_PARAMETERS)`, with the types of the table. */
export const CAST_COLUMNS = /* sql */ `
  ${castColumns}`;

const assignments = fieldNames
  .map((name, index) => `${fieldOf(name).column} = ${parameter(name, 4 + index)}`)
  .join(', ');

/** `name = $4, …`: sets every field. */
export const ASSIGNMENTS = /* sql */ `
  ${assignments}`;

const labelValues = labelNames.map((name, index) => {
  const place = 5 + 2 * index;
  return `case when $${place}::boolean then ${parameter(name, place + 1)} else j.${fieldOf(name).column} end`;
});
const labelAssignments = labelNames
  .map((name, index) => `${fieldOf(name).column} = ${labelValues[index]}`)
  .join(', ');

/** Sets the given labels. Each label has two parameters, beginning with `$5`: whether it is given, and its value. */
export const LABEL_ASSIGNMENTS = /* sql */ `
  ${labelAssignments}`;

const labelColumns = labelNames.map((name) => `j.${fieldOf(name).column}`).join(', ');

const givenLabels = labelValues.join(', ');

/** Tells whether the given labels differ from the labels of a job `j`. */
export const HAS_OTHER_LABELS = /* sql */ `
  (${labelColumns}) is distinct from (${givenLabels})`;

function parameter(name: FieldName, place: number): string {
  const field = fieldOf(name);
  return `$${place}::${parameterType(field)}::${columnType(field)}`;
}

const textBytes = fieldNames
  .filter((name) => name !== 'body' && parameterType(fieldOf(name)) === 'text')
  .map((name) => `coalesce(octet_length(${fieldOf(name).column}::text), 0)`)
  .join(' + ');

/** The number of bytes of the text fields of a job, without its body. */
export const TEXT_BYTES = /* sql */ `
  ${textBytes}`;
