import '../../base/zod-settings.ts';
import * as z from 'zod/mini';
import { type Given, given } from '../../base/given.ts';

const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);
const shaped = (shape: RegExp) => z.catch(z.optional(z.string().check(z.regex(shape))), undefined);

export const executionStatuses = [
  'RUNNING',
  'RETRYING',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
  'SKIPPED',
] as const;
export const executionTriggers = ['SCHEDULE', 'MANUAL', 'REDRIVE', 'CALLBACK'] as const;

const anyStatus = `(${executionStatuses.join('|')})`;

const searchSchema = z.object({
  /** One status, or several with commas between them. */
  status: shaped(new RegExp(`^${anyStatus}(,${anyStatus})*$`)),
  job: shaped(/^[1-9]\d{0,14}$/),
  trigger: z.catch(z.optional(z.enum(executionTriggers)), undefined),
  key: text,
  group: text,
  tag: text,
  host: text,
  since: text,
  until: text,
  cursor: text,
});

export type ExecutionsSearch = Given<z.infer<typeof searchSchema>>;

/** Reads the address of the screen. A parameter that makes no sense is left out. */
export const parseExecutionsSearch = (search: Record<string, unknown>): ExecutionsSearch =>
  given(searchSchema.parse(search));
