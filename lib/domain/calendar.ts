/** The bounds of the calendar. A calendar program reads all of it each time. */
export const calendarLimits = {
  days: 30,
  /** Further executions of a job are left out, so that a job that runs each minute does not hide a daily one. */
  eventsPerJob: 60,
  events: 2_000,
  bytes: 1_048_576,
} as const;

/** An upcoming execution. */
export type CalendarEvent = { jobId: number; name: string; timeMs: number };

export type Calendar = {
  events: readonly CalendarEvent[];
  /** True if there are more jobs or more executions than the calendar shows. */
  isCapped: boolean;
};
