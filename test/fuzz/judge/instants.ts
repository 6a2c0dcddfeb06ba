const FORM =
  /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Reads an instant from 1970 to 9999 as the document describes one, without the code of Belfry. Returns epoch milliseconds;
 * undefined if there is no such instant.
 */
export function readInstant(value: unknown): number | undefined {
  const parts = FORM.exec(String(value));
  if (typeof value !== 'string' || parts === null) return undefined;
  const [, day = '', time = '', fraction = '', sign, hours, minutes] = parts;
  const wallMs = Date.parse(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  // Date.parse takes 30 February for 2 March, and 24:00 for the next day.
  if (Number.isNaN(wallMs) || !new Date(wallMs).toISOString().startsWith(`${day}T${time}`)) return undefined;
  const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  const instantMs = sign === '-' ? wallMs + offsetMs : wallMs - offsetMs;
  return instantMs < 0 || instantMs > LAST_MS ? undefined : instantMs;
}
