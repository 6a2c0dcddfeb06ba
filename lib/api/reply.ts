import type { APIGatewayProxyResult } from 'aws-lambda';
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
