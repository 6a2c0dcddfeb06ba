import { limits } from '../domain/job.ts';

type Fault = { path: string[]; message: string };

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// Latin-1 without control characters. HTTP/1.1 can transfer these characters, and no parser takes one for a line end.
const VALUE = /^[\t\x20-\x7e\xa0-\xff]*$/;
// Recipients remove them, so the received value would differ from the stored value.
const OUTER_BLANKS = /^[\t ]|[\t ]$/;
// Headers that control the destination and the end of a request or the connection (RFC 9110, 7.6.1; RFC 7540, 3.2.1),
// and Belfry's own headers, among them the three of Standard Webhooks.
const RESERVED =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|http2-settings|expect|idempotency-key|webhook-(?:id|timestamp|signature)|proxy-.*|x-belfry-.*)$/i;

const HEADERS_REMEDY = `must be an object with at most ${limits.headerCount} headers, such as {"Authorization": "Bearer token"}`;

export const isHeaderName = (name: string): boolean => NAME.test(name);

/**
 * Finds the errors in the headers of a job. There are none for a `Record<string, string>` that can be sent unchanged.
 */
export function findHeaderFaults(headers: unknown): Fault[] {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) {
    return [{ path: [], message: HEADERS_REMEDY }];
  }
  const entries: [string, unknown][] = Object.entries(headers);
  if (entries.length === 0) return [];
  if (entries.length > limits.headerCount) return [{ path: [], message: HEADERS_REMEDY }];

  const faults: Fault[] = [];
  const seen = new Set<string>();
  let sizeBytes = 0;
  for (const [name, value] of entries) {
    const message = findFault(name, value, seen);
    if (message !== undefined) faults.push({ path: [name], message });
    seen.add(name.toLowerCase());
    sizeBytes += name.length + (typeof value === 'string' ? value.length : 0);
  }
  if (sizeBytes > limits.headerBytes) {
    const message = `names and values together may have at most ${limits.headerBytes} bytes, not ${sizeBytes}`;
    faults.push({ path: [], message });
  }
  return faults;
}

function findFault(name: string, value: unknown, seen: ReadonlySet<string>): string | undefined {
  // Objects lose this name, or use its value as their prototype.
  if (name === '__proto__') return 'is a header name that Belfry cannot send; use another one';
  if (!isHeaderName(name)) return "is not a header name; use letters, digits and !#$%&'*+-.^_`|~";
  // CGI and similar interfaces treat all these characters alike, and would take Content_Length for Content-Length.
  if (RESERVED.test(name.replaceAll(/[^0-9A-Za-z]/g, '-'))) {
    return `the header ${name} is set by Belfry or by the connection; leave it out`;
  }
  if (seen.has(name.toLowerCase())) {
    return `the header ${name} occurs twice, in different case; send it once`;
  }
  if (typeof value !== 'string') return 'must be a string';
  if (!VALUE.test(value))
    return 'must be a string of Latin-1 characters, without line breaks and other control characters';
  return OUTER_BLANKS.test(value) ? 'must not begin or end with a space or a tab' : undefined;
}
