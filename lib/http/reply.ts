import type { APIGatewayProxyResult } from 'aws-lambda';

export function jsonReply(
  statusCode: number,
  value: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

export const emptyReply = (): APIGatewayProxyResult => ({ statusCode: 204, body: '' });
