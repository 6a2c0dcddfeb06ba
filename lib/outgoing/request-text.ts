import type { HttpMethod } from '../domain/job.ts';

/** A request as it is written to a connection. */
export type OutgoingRequest = {
  method: HttpMethod;
  /** Path and query, as the URL parser returns them: it encodes every character that could end the request line. */
  path: string;
  headers: Readonly<Record<string, string>>;
  /** Further headers, as lines that end with CRLF. They are not checked. */
  headerLines?: string | undefined;
  body: string | Buffer | null;
  /** The connection closes after the answer. */
  isLast: boolean;
};

export type RequestText = {
  /** What to write, one part after the other: texts in Latin-1, and bytes. Usually it is one text. */
  parts: (string | Buffer)[];
  /** Whether another request may follow over the connection. */
  maySendMore: boolean;
};

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** They control where the request goes, where it ends, or how the connection continues. */
const RESERVED =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|http2-settings|expect)$/i;

/** Names that were checked. Most requests have the same ones. */
const checkedNames = new Set<string>();
const MAX_CHECKED_NAMES = 1_000;

/**
 * Writes a request of HTTP/1.1. The API has refused the headers that could change its form. They are refused here once more,
 * because a target would take what follows for a request of its own.
 *
 * @param host with the port, unless it is the default one of the scheme.
 * @throws Error with the code UND_ERR_INVALID_ARG.
 */
export function toRequestText(host: string, request: OutgoingRequest): RequestText {
  const { method, path, headers, headerLines, body } = request;
  const expectsBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const isLast = request.isLast || method === 'HEAD';
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${isLast ? 'close' : 'keep-alive'}\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!isSendable(name) || !VALUE.test(value)) {
      throw Object.assign(new Error(`the header ${name} cannot be sent`), { code: 'UND_ERR_INVALID_ARG' });
    }
    head += `${name}: ${value}\r\n`;
  }
  if (headerLines !== undefined) head += headerLines;
  if (body === null || body.length === 0) {
    return { parts: [`${head}${expectsBody ? 'content-length: 0\r\n' : ''}\r\n`], maySendMore: !isLast };
  }
  const bytes = Buffer.byteLength(body);
  head += `content-length: ${bytes}\r\n\r\n`;
  // A target that expects no body may take it for the next request.
  return { parts: join(head, body, bytes), maySendMore: !isLast && expectsBody };
}

function join(head: string, body: string | Buffer, bodyBytes: number): RequestText['parts'] {
  if (typeof body !== 'string') return [head, body];
  // A text of ASCII alone is the same in UTF-8 and Latin-1.
  return bodyBytes === body.length ? [head + body] : [head, Buffer.from(body)];
}

function isSendable(name: string): boolean {
  if (checkedNames.has(name)) return true;
  if (!NAME.test(name) || RESERVED.test(name)) return false;
  if (checkedNames.size < MAX_CHECKED_NAMES) checkedNames.add(name);
  return true;
}
