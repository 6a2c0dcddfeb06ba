/**
 * Returns the text of a PostgreSQL array of numbers or UUIDs. They need no quotes. The driver would quote and escape each element: 11
 * instead of 2 µs for 100 ids, and a worker sends about ten elements for each execution.
 */
export function plainArray(values: readonly (number | string | null | undefined)[]): string {
  let text = '{';
  for (const value of values) text += `${text.length === 1 ? '' : ','}${value ?? 'null'}`;
  return `${text}}`;
}

/**
 * Returns the text of a PostgreSQL array of instants from the years 1 to 9999. The driver writes each instant in local time, which takes
 * twice as long.
 */
export function instantArray(values: readonly Date[]): string {
  return plainArray(values.map((value) => value.toISOString()));
}
