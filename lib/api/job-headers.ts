import { limits } from '../domain/job.ts';

type Fault = { path: string[]; message: string };

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// Latin-1 without its control characters: what HTTP/1.1 can carry and no parser takes for a line end.
const VALUE = /^[\t\x20-\x7e\xa0-\xff]*$/;
// Recipients drop them, so that what arrives would not be what is stored.
const OUTER_BLANKS = /^[\t ]|[\t ]$/;
// What says where a request goes, where it ends and what becomes of the connection (RFC 9110, 7.6.1; RFC 7540, 3.2.1), and
// Belfry's own.
const RESERVED =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|http2-settings|expect|idempotency-key|proxy-.*|x-belfry-.*)$/i;

const HEADERS_REMEDY = `must be an object of at most ${limits.headerCount} header names with their values, such as {"Authorization": "Bearer …"}`;

export const isHeaderName = (name: string): boolean => NAME.test(name);

/** What is wrong with a job's headers; empty for a `Record<string, string>` that may be sent as it is. */
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
  // Objects along the way lose it, or take it for their prototype.
  if (name === '__proto__') return 'is a header name that Belfry cannot send; use another';
  if (!isHeaderName(name)) return "is no header name; use letters, digits and !#$%&'*+-.^_`|~";
  // CGI and its heirs read all these characters alike, and would take Content_Length for the real one.
  if (RESERVED.test(name.replaceAll(/[^0-9A-Za-z]/g, '-'))) {
    return `the header ${name} is set by Belfry or by the connection; leave it out`;
  }
  if (seen.has(name.toLowerCase())) {
    return `the header ${name} is there twice, in different case; give it once`;
  }
  if (typeof value !== 'string') return 'must be a string';
  if (!VALUE.test(value))
    return 'must be a string of Latin-1 without line breaks or other control characters';
  return OUTER_BLANKS.test(value) ? 'must not begin or end with a blank' : undefined;
}
