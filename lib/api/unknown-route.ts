import { BelfryError } from '../domain/errors.ts';
import { problemReply } from './problem.ts';

/** The gateway has no route for the method and path of a request. It cannot tell which of them is wrong. */
class UnknownRouteError extends BelfryError {
  readonly code = 'NOT_FOUND';

  constructor() {
    super(
      'there is no route with this method and path; GET /openapi.json describes all routes; a slash in the key of a job must be percent-encoded, as %2F',
    );
  }
}

/** The body of the gateway's own answer to such a request. */
export const unknownRouteJson = (): string => problemReply(new UnknownRouteError()).body;
