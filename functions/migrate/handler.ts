import type { Context } from 'aws-lambda';
import * as z from 'zod';
import type { Reencrypted, ReencryptHeaders } from '../../lib/app/reencrypt-headers.ts';
import type { Upgrade } from '../../lib/app/upgrade.ts';
import type { Clock } from '../../lib/domain/clock.ts';
import { errorField, type FunctionLogger } from '../../lib/logger.ts';
import { withReason } from '../compose/with-reason.ts';

export type MigrateDeps = {
  upgrade: Upgrade;
  reencryptHeaders: ReencryptHeaders;
  clock: Clock;
  logger: FunctionLogger;
};

/** Part of the function's timeout that is kept for the last batch of the encryption. */
const RESERVE_MS = 30_000;

const reencryptSchema = z.object({ reencryptHeaders: z.literal(true) });

/**
 * Makes the migrate function. Each deployment invokes it before new code receives traffic. It throws any error, because the
 * deployment then fails with the error's message.
 *
 * For the event `{"reencryptHeaders": true}`, which an operator sends, it encrypts the secrets of all jobs with the current
 * key instead. A deployment never does this, because workers of an older version, which cannot decrypt them, may still run.
 */
export function makeHandler({ upgrade, reencryptHeaders, clock, logger }: MigrateDeps) {
  return async (
    event: unknown,
    context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  ): Promise<{ applied: string[] } | Reencrypted> => {
    logger.startInvocation(context.awsRequestId);
    try {
      if (reencryptSchema.safeParse(event).success) {
        const reencrypted = await reencryptHeaders(
          clock.nowMs() + context.getRemainingTimeInMillis() - RESERVE_MS,
        );
        logger.info('reencrypted', reencrypted);
        return reencrypted;
      }
      const applied = await upgrade();
      logger.info('migrate', { applied });
      return { applied };
    } catch (error) {
      logger.error('migrate_failed', { error: errorField(error) });
      throw withReason(error);
    }
  };
}
