import type { APIGatewayProxyEvent } from 'aws-lambda';
import { auditLimits, type By } from '../domain/audit-log.ts';
import type { Caller } from '../domain/api-key.ts';
import { ValidationError } from '../domain/errors.ts';
import { parseTraceparent } from '../domain/trace.ts';

/** The header with the reason of a change, for the audit log. */
const REASON_HEADER = 'X-Belfry-Reason';

/**
 * Returns who makes the change that a request asks for, and why. Header names must be in lower case.
 *
 * @throws ValidationError when the reason is too long.
 */
export function byOf({ headers }: Pick<APIGatewayProxyEvent, 'headers'>, { id, name }: Caller): By {
  const reason = headers[REASON_HEADER.toLowerCase()]?.trim();
  if (reason !== undefined && reason.length > auditLimits.reasonLength) {
    const message = `must have at most ${auditLimits.reasonLength} characters, not ${reason.length}`;
    throw new ValidationError([{ field: REASON_HEADER, message }]);
  }
  const traceparent = parseTraceparent(headers['traceparent']);
  return {
    actor: { type: 'API_KEY', id, name },
    ...(reason ? { reason } : {}),
    ...(traceparent !== undefined && { traceparent }),
  };
}
