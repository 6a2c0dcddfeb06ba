/** The length of a day in UTC. Days of a time zone may be longer or shorter: see lib/domain/schedule. */
export const DAY_MS = 86_400_000;
