import * as z from 'zod';
import { listItems } from './variables.ts';

const REMEDY = 'must be *, or origins such as https://app.example.com, separated by commas';

/** Origins whose pages may call the API from a browser; `*` alone stands for all. Undefined: none may. */
export const corsSchema = z
  .object({
    BELFRY_CORS_ORIGINS: z
      .string()
      .transform(listItems)
      .refine((origins) => isAny(origins) || origins.every(isOrigin), REMEDY)
      .optional(),
  })
  .transform(({ BELFRY_CORS_ORIGINS: origins }) => ({
    corsOrigins: origins?.length === 0 ? undefined : origins,
  }));

const isAny = (origins: readonly string[]): boolean => origins.length === 1 && origins[0] === '*';

/** As a browser writes it: without a path, a slash at the end, capitals, or a port that goes without saying. */
function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[^*]+$/.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}
