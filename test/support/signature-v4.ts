import { createHash, createHmac } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * The signature of a POST without a query, made as the specification of AWS Signature Version 4 describes it. The names of the
 * signed headers and the scope come from the request's own `authorization`.
 */
export function signatureOfPost(
  request: { path: string; headers: Readonly<Record<string, string>>; body: string },
  secretAccessKey: string,
): string {
  const { path, headers, body } = request;
  const given = headers['authorization'] ?? '';
  const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? [];
  const scope = /Credential=[^/]+\/([^,]+)/.exec(given)?.[1] ?? '';
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}`);
  const canonical = ['POST', path, '', ...lines, '', names.join(';'), sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

/** Returns the signature in a request. */
export const givenSignature = (headers: Readonly<Record<string, string>>): string | undefined =>
  /Signature=([0-9a-f]{64})/.exec(headers['authorization'] ?? '')?.[1];
