import type { Context } from 'aws-lambda';
import type { Upgrade } from '../../lib/app/upgrade.ts';
import { errorField, type FunctionLogger } from '../../lib/logger.ts';
import { withReason } from '../with-reason.ts';

export type MigrateDeps = { upgrade: Upgrade; logger: FunctionLogger };

/**
 * The migrate function, which each deploy invokes before new code takes traffic; the event is not looked at. What went
 * wrong is thrown, for it is the message that the deploy fails with.
 */
export function makeHandler({ upgrade, logger }: MigrateDeps) {
  return async (_event: unknown, context: Pick<Context, 'awsRequestId'>): Promise<{ applied: string[] }> => {
    logger.startInvocation(context.awsRequestId);
    try {
      const applied = await upgrade();
      logger.info('migrate', { applied });
      return { applied };
    } catch (error) {
      logger.error('migrate_failed', { error: errorField(error) });
      throw withReason(error);
    }
  };
}
