import { spanAt } from './time-zone.ts';

const MINUTE_MS = 60_000;

/** Shows an instant as local time with its offset, such as `2027-03-28T03:00:00+02:00`. Milliseconds are shown if there are any. */
export function showLocal(instantMs: number, timeZone: string): string {
  const { offsetMs } = spanAt(timeZone, instantMs);
  return `${showWall(instantMs + offsetMs)}${showOffset(offsetMs)}`;
}

/** Shows a wall time, which is read as UTC in milliseconds, without an offset. */
export const showWall = (wallMs: number): string =>
  new Date(wallMs).toISOString().replace(/(?:\.000)?Z$/, '');

function showOffset(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / MINUTE_MS);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
