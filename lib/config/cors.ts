import * as z from 'zod';
import { listItems, variableFacts } from './variables.ts';

const REMEDY = 'must be *, or origins such as https://app.example.com, separated by commas';

/** Origins whose pages may call the API from a browser. `*` alone allows every origin; undefined allows none. */
export const corsSchema = z
  .object({
    BELFRY_CORS_ORIGINS: z
      .string()
      .transform(listItems)
      .refine((origins) => isAny(origins) || origins.every(isOrigin), REMEDY)
      .optional()
      .register(variableFacts, {
        does: 'Origins whose pages may call the API from a browser, with commas between them; `*` allows every origin.',
        usedBy: ['api'],
        values: '`*`, or origins such as `https://app.example.com`',
        default: 'none',
        onAws: '`-c corsOrigins`, `api.corsOrigins`',
      }),
  })
  .transform(({ BELFRY_CORS_ORIGINS: origins }) => ({
    corsOrigins: origins?.length === 0 ? undefined : origins,
  }));

const isAny = (origins: readonly string[]): boolean => origins.length === 1 && origins[0] === '*';

/** Returns true if the text is written like a browser writes an origin: no path or final slash, no capitals, no default port. */
function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[^*]+$/.test(text) || !URL.canParse(text)) return false;
  return new URL(text).origin === text;
}
