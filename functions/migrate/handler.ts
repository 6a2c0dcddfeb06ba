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

/** Kept back of the function's time from the encryption, for a batch that is under way. */
const RESERVE_MS = 30_000;

const reencryptSchema = z.object({ reencryptHeaders: z.literal(true) });

/**
 * The migrate function, which each deploy invokes before new code takes traffic. What went wrong is thrown, for it is the
 * message that the deploy fails with.
 *
 * Sent `{"reencryptHeaders": true}` by somebody, it encrypts the secrets of all jobs with the current key instead. No deploy
 * does so: while it runs, workers of a version that cannot decrypt them may be at work.
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
