/** A day of UTC, in milliseconds. Days of a time zone may have more or less: see lib/domain/schedule. */
export const DAY_MS = 86_400_000;
