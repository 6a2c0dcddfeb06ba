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
  if (url.length > limits.urlLength || !SHAPE.test(url)) return URL_REMEDY;
  if (CREDENTIALS.test(url)) {
    return 'must not hold a user or password; send them in the header Authorization';
  }
  if (url.includes('#')) return 'must not have a fragment; leave out "#" and what follows it';
  return URL.canParse(url) ? undefined : URL_REMEDY;
}
