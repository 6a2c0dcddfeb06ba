import { BelfryError } from '../../domain/errors.ts';
import { statusOf } from '../error-status.ts';
import { problemReply } from '../problem.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/** Answers every error as problem+json, and logs once those that are Belfry's fault. */
export function problemResponses({ logger }: { logger: Logger }): ApiMiddleware {
  return {
    onError: (request) => {
      const { error, event } = request;
      const { requestId } = event.requestContext;
      const isExpected = error instanceof BelfryError;
      if (!isExpected) logger.error('request failed', { requestId, error: errorField(error) });
      else if (statusOf(error) >= 500)
        logger.warn('request not served', { requestId, error: errorField(error) });
      // Set, not returned: middy ends the chain at the first value, and the log would miss the response.
      request.response = problemReply(error);
    },
  };
}
