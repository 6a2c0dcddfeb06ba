import { limits } from '../domain/job.ts';
import { CONTROL_CHARACTERS } from './patterns.ts';

// The URL parser trims blanks, drops line breaks and surplus slashes, and reads `\` as `/`: what is stored would
// not be what is called.
const SHAPE = /^https?:\/\/[^/\s\\\p{Cc}][^\s\\\p{Cc}]*$/iu;
const CREDENTIALS = /^https?:\/\/[^/?#]*@/i;

/**
 * All of it that a pattern can say, for the document. `format: uri` would not be true: it knows ASCII alone, and an
 * international name, or a path as people write it, is encoded when it is called.
 */
export const URL_PATTERN = String.raw`^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\s\\${CONTROL_CHARACTERS}]+([/?][^#\s\\${CONTROL_CHARACTERS}]*)?$`;

export const URL_REMEDY = `must be an http or https URL of at most ${limits.urlLength} characters, such as https://example.com/hook`;

/** What keeps Belfry from calling this URL, with the remedy; undefined when nothing does. */
export function findUrlFault(url: string): string | undefined {
  if (isTooLong(url)) return URL_REMEDY;
  if (!SHAPE.test(url)) return suggestScheme(url) ?? URL_REMEDY;
  if (CREDENTIALS.test(url)) {
    return 'must not hold a user or password; send them in the header Authorization';
  }
  if (url.includes('#')) return 'must not have a fragment; leave out "#" and what follows it';
  return URL.canParse(url) ? undefined : URL_REMEDY;
}

/** In code points, as JSON Schema counts; none has more than two of JavaScript's units. */
function isTooLong(url: string): boolean {
  return url.length > 2 * limits.urlLength || Array.from(url).length > limits.urlLength;
}

/** For what is a URL but for its scheme. The path and what follows may hold a secret, and are not repeated. */
function suggestScheme(url: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return undefined;
  const complete = `https://${url.replace(/^\/\//, '')}`;
  if (!SHAPE.test(complete) || CREDENTIALS.test(complete) || !URL.canParse(complete)) return undefined;
  const { host, hostname } = new URL(complete);
  if (!hostname.includes('.') && hostname !== 'localhost') return undefined;
  return `${URL_REMEDY}; did you mean https://${host}${/[/?]/.test(url.replace(/^\/\//, '')) ? '/…' : ''}?`;
}
