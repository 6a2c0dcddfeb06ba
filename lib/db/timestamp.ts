/** The end of the year 9999, in microseconds: the last instant with a year of four digits. */
const LAST_US = Date.UTC(10_000, 0) * 1_000;

/** Writes microseconds since the epoch as a timestamp. JavaScript's dates have only milliseconds. */
export function toTimestamp(timeUs: number): string {
  if (timeUs >= LAST_US) return 'infinity';
  const ms = Math.floor(timeUs / 1_000);
  if (Number.isNaN(new Date(ms).getTime())) return '-infinity';
  const microseconds = String(timeUs - ms * 1_000).padStart(3, '0');
  return new Date(ms).toISOString().replace('Z', `${microseconds}Z`);
}
