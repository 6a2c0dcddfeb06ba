import * as z from 'zod';
import { apiKeyLimits } from '../domain/api-key.ts';
import { integer } from './variables.ts';

/** The default limit of an API key. */
export const rateLimitSchema = z
  .object({
    BELFRY_RATE_LIMIT_PER_SECOND: integer({
      min: 1,
      max: apiKeyLimits.maxRatePerSecond,
      default: 100,
      does: 'Requests a second that an API key may send, unless the key has its own limit.',
      usedBy: ['api'],
      onAws: '`api.maxConcurrency`, through `infra/capacity.ts`',
    }),
    BELFRY_RATE_LIMIT_BURST: integer({
      min: 1,
      max: 2 * apiKeyLimits.maxRatePerSecond,
      default: 200,
      does: 'Requests that an API key may send at once, after a pause.',
      usedBy: ['api'],
      onAws: '`api.maxConcurrency`, through `infra/capacity.ts`',
    }),
  })
  .transform((env) => ({
    rateLimit: { perSecond: env.BELFRY_RATE_LIMIT_PER_SECOND, burst: env.BELFRY_RATE_LIMIT_BURST },
  }));
