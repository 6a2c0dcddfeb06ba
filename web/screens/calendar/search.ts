import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

const date = z.string().check(
  z.regex(/^2\d{3}-\d\d-\d\d$/),
  z.refine((text) => !Number.isNaN(Date.parse(text))),
);
const instant = z.string().check(
  z.regex(/^2\d{3}-\d\d-\d\dT\d\d:\d\dZ$/),
  z.refine((text) => !Number.isNaN(Date.parse(text))),
);

const searchSchema = z.object({
  /** The first day of the week. Without it, the week begins today. */
  from: z.catch(z.optional(date), undefined),
  /** The start of the chosen hour, such as `2026-11-29T03:00Z`. */
  hour: z.catch(z.optional(instant), undefined),
  /** The chosen minute of it. */
  minute: z.catch(z.optional(instant), undefined),
});

export type CalendarSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseCalendarSearch = (search: Record<string, unknown>): CalendarSearch =>
  given(searchSchema.parse(search));

/** An instant as the address has it. */
export const toParameter = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 16)}Z`;
