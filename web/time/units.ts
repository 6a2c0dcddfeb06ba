export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** The length of a day in UTC. Days of a time zone may be longer or shorter. */
export const DAY_MS = 86_400_000;
