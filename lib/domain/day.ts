/** The length of a day in UTC. Days of a time zone may be longer or shorter: see lib/domain/schedule. */
export const DAY_MS = 86_400_000;

/** The midnight in UTC at which the day of an instant began. */
export const startOfDay = (at: Date): Date => new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);
