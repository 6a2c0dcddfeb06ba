import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { SignatureV4 } from '@smithy/signature-v4';
import type { buildApp } from 'fauxqs';
import { Sha256 } from '../../lib/sha256.ts';
import { isLoopbackHost } from './loopback-host.ts';

export type SqsCredentials = { accessKeyId: string; secretAccessKey: string };

export const SQS_REGION = 'us-east-1';
/** SQS accepts ten messages of 256 KiB in one call. Belfry's calls are much smaller. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * Restricts an emulator to callers with the credentials, like AWS does: each request must have a signature over its headers and
 * its body (AWS Signature Version 4). Its `Host` must also be a loopback name, which excludes pages of other origins. Other
 * requests are answered with 421, 413 or 403, and do not reach the emulator.
 */
export function guardSqs(app: ReturnType<typeof buildApp>, credentials: SqsCredentials): void {
  const signer = new SignatureV4({ service: 'sqs', region: SQS_REGION, credentials, sha256: Sha256 });

  app.addHook('onRequest', async (request, reply) => {
    if (!isLoopbackHost(request.headers.host ?? '')) {
      return reply
        .code(421)
        .send({ __type: 'MisdirectedRequest', message: 'this SQS serves only loopback hosts' });
    }
    // Refuses other methods. A request without a body is not parsed and so not verified, and SQS uses only POST.
    if (request.method !== 'POST') return reply.code(403).send(refusal);
    return undefined;
  });

  app.addHook('preParsing', async (request, reply, payload) => {
    const body = await readBody(payload);
    if (body === undefined) return reply.code(413).send({ __type: 'RequestTooLarge', message: 'too large' });
    const { url, headers } = request;
    if (!(await isSigned(signer, { path: url, headers, body }))) return reply.code(403).send(refusal);
    return Object.assign(Readable.from([body]), { receivedEncodedLength: body.length });
  });
}

const refusal = {
  __type: 'com.amazonaws.sqs#AccessDeniedException',
  message: "sign the request with the credentials of this Belfry's run",
};

async function readBody(payload: AsyncIterable<unknown>): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of payload) {
    if (!Buffer.isBuffer(chunk)) continue;
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Returns true if signing the same request again gives the same signature. */
async function isSigned(
  signer: SignatureV4,
  request: { path: string; headers: IncomingHttpHeaders; body: Buffer },
): Promise<boolean> {
  const { path, headers, body } = request;
  const given = headers.authorization ?? '';
  const names = /SignedHeaders=([a-z0-9;-]{1,1000}),/.exec(given)?.[1]?.split(';') ?? [];
  const signingDate = parseDate(headers['x-amz-date']);
  // A signature without the host and the date could be used for another host, or later.
  if (signingDate === undefined || !names.includes('host') || !names.includes('x-amz-date')) return false;
  // The signer trusts this header, so it must match the body. Otherwise one signature would be valid for any body.
  const hash = headers['x-amz-content-sha256'];
  if (hash !== undefined && hash !== createHash('sha256').update(body).digest('hex')) return false;
  const signed = names.map((name) => [name, String(headers[name] ?? '')]);
  const { headers: ours } = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: 'localhost',
      path,
      headers: Object.fromEntries(signed),
      body,
    },
    { signingDate, signableHeaders: new Set(names) },
  );
  return isEqual(ours['authorization'] ?? '', given);
}

/** Parses a date such as `20310501T120000Z`. */
function parseDate(text: unknown): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(text));
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function isEqual(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
