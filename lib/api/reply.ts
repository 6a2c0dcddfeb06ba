import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Caller } from '../domain/api-key.ts';
import type { JsonText } from '../domain/job.ts';

export function jsonReply(
  statusCode: number,
  value: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  return jsonTextReply(statusCode, JSON.stringify(value), headers);
}

/** Makes the same reply from a body that is already JSON. */
export function jsonTextReply(
  statusCode: number,
  body: JsonText,
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body };
}

export const emptyReply = (): APIGatewayProxyResult => ({ statusCode: 204, body: '' });

/** Makes the answer to a change of a resource of other callers. It is empty for a key without the scope `read`. */
export const replyToReader = ({ scopes }: Caller, make: () => APIGatewayProxyResult): APIGatewayProxyResult =>
  scopes.includes('read') ? make() : emptyReply();
