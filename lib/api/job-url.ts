import { limits } from '../domain/job.ts';
import { CONTROL_CHARACTERS } from './patterns.ts';

// The URL parser removes outer spaces, line breaks and additional slashes, and treats `\` as `/`. The called URL would
// differ from the stored URL.
const SHAPE = /^https?:\/\/[^/\s\\\p{Cc}][^\s\\\p{Cc}]*$/iu;
const CREDENTIALS = /^https?:\/\/[^/?#]*@/i;

/**
 * The rules for a URL that a pattern can express, for the OpenAPI document. `format: uri` would be wrong, because it
 * allows only ASCII. Belfry encodes international names and paths when it calls the URL.
 */
export const URL_PATTERN = String.raw`^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\s\\${CONTROL_CHARACTERS}]+([/?][^#\s\\${CONTROL_CHARACTERS}]*)?$`;

const MAX_PORT = 65_535;
const PORTS = `ports go from 1 to ${MAX_PORT}, and without one it is the port of the scheme`;

export const URL_REMEDY = `must be an http or https URL of at most ${limits.urlLength} characters, such as https://example.com/hook`;

/** Finds the reason why Belfry cannot call a URL, with the remedy. Returns undefined if it can. */
export function findUrlFault(url: string): string | undefined {
  if (isTooLong(url)) return URL_REMEDY;
  if (!SHAPE.test(url)) return suggestScheme(url) ?? URL_REMEDY;
  if (CREDENTIALS.test(url)) {
    return 'must not contain a user name or a password; send them in the header Authorization';
  }
  if (url.includes('#')) return 'must not have a fragment; remove "#" and everything after it';
  return URL.canParse(url) ? undefined : findHostFault(url);
}

/** Says which part of a URL cannot be parsed: its port, or else its host. A part that is not a number may be secret. */
function findHostFault(url: string): string {
  const [, host, port] = /^https?:\/\/(\[[^\]]*\]|[^/?:[]*)(?::([^/?]*))?/i.exec(url) ?? [];
  if (port !== undefined) {
    if (/^\d{6,}$/.test(port) || Number(port) > MAX_PORT) return `has port ${port.slice(0, 20)}; ${PORTS}`;
    if (!/^\d*$/.test(port)) return `has a port that is not a number; ${PORTS}`;
  }
  return host ? `${URL_REMEDY}; its host cannot be read` : URL_REMEDY;
}

/** Counts code points, as JSON Schema does. A code point has at most two of JavaScript's code units. */
function isTooLong(url: string): boolean {
  return url.length > 2 * limits.urlLength || Array.from(url).length > limits.urlLength;
}

/**
 * Suggests a scheme for a URL without one. The suggestion does not repeat the path and the query, which may be secret.
 */
function suggestScheme(url: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return undefined;
  const complete = `https://${url.replace(/^\/\//, '')}`;
  if (!SHAPE.test(complete) || CREDENTIALS.test(complete) || !URL.canParse(complete)) return undefined;
  const { host, hostname } = new URL(complete);
  if (!hostname.includes('.') && hostname !== 'localhost') return undefined;
  return `${URL_REMEDY}; did you mean https://${host}${/[/?]/.test(url.replace(/^\/\//, '')) ? '/…' : ''}?`;
}
