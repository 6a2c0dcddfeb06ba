import { REGION } from './cdk.ts';

/** A request to a service's own API. */
export type QueryRequest = {
  service: string;
  path?: string;
  headers?: Record<string, string>;
  /** Makes it a POST. */
  body?: string;
};

/** The headers and the body of an action in the query protocol. */
export const queryForm = (
  parameters: Readonly<Record<string, string>>,
): { headers: Record<string, string>; body: string } => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(parameters).toString(),
});

/**
 * Sends a request without a client library, because each service would need another one. Emulators read the service from the
 * signature and do not check it.
 */
export async function askService(
  endpoint: string,
  { service, path = '/', headers, body }: QueryRequest,
): Promise<{ status: number; text: string }> {
  const credential = `test/20260101/${REGION}/${service}/aws4_request`;
  const response = await fetch(`${endpoint}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, text: await response.text() };
}
