import * as z from 'zod';
import { apiKeyLimits } from '../domain/api-key.ts';
import { integer } from './variables.ts';

/** What each API key may send that has no limit of its own. */
export const rateLimitSchema = z
  .object({
    BELFRY_RATE_LIMIT_PER_SECOND: integer({ min: 1, max: apiKeyLimits.maxRatePerSecond, default: 100 }),
    /** At once, after a pause. */
    BELFRY_RATE_LIMIT_BURST: integer({ min: 1, max: 2 * apiKeyLimits.maxRatePerSecond, default: 200 }),
  })
  .transform((env) => ({
    rateLimit: { perSecond: env.BELFRY_RATE_LIMIT_PER_SECOND, burst: env.BELFRY_RATE_LIMIT_BURST },
  }));
