import { BelfryError } from '../../domain/errors.ts';
import { statusOf } from '../error-status.ts';
import { problemReply } from '../problem.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/** Makes a problem+json response of every error, and logs errors that the caller has not caused. */
export function problemResponses({ logger }: { logger: Logger }): ApiMiddleware {
  return {
    onError: (request) => {
      const { error, event } = request;
      const { requestId } = event.requestContext;
      const isExpected = error instanceof BelfryError;
      if (!isExpected) logger.error('request failed', { requestId, error: errorField(error) });
      else if (statusOf(error) >= 500)
        logger.warn('request not served', { requestId, error: errorField(error) });
      // The response is set and not returned: middy ends the chain at the first returned value, and the request log
      // would not see the response.
      request.response = problemReply(error);
    },
  };
}
