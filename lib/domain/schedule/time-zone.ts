import { boundedCache } from './bounded-cache.ts';

/** A stretch of time with one offset: local time is UTC plus `offsetMs` from `startMs` up to, not including, `endMs`. */
export type OffsetSpan = { startMs: number; endMs: number; offsetMs: number };

/** More than any zone was ever away from UTC: Manila had -15:56 until 1844. */
export const MAX_OFFSET_MS = 16 * 3_600_000;

const SECOND_MS = 1_000;
// Spans are found a chunk, about a year, at a time. Two samples with one offset must have no pair of changes between
// them: the closest pair in tzdata since 1940 is 6.96 days apart (Recife in 2000, Gaza in 2040).
const SAMPLE_MS = 3 * 86_400_000;
const CHUNK_MS = 120 * SAMPLE_MS;

// A formatter holds about 30 KB, a chunk less than 1 KB. tzdata has some 600 names.
const MAX_ZONES = 1_000;
const MAX_CHUNKS = 100;

type Spans = readonly [OffsetSpan, ...OffsetSpan[]];
type Zone = {
  clock: Intl.DateTimeFormat;
  chunks: (chunk: number, make: (chunk: number) => Spans) => Spans;
};

const zones = boundedCache<string, Zone>(MAX_ZONES);

function openZone(timeZone: string): Zone {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return { clock, chunks: boundedCache(MAX_CHUNKS) };
}

// ICU also knows Java's old abbreviations (IST, PST, ...), which are ambiguous and no IANA names. Of three letters IANA
// has these alone.
const threeLetterNames = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '));
const zoneName = /^[a-z][a-z0-9_+-]*(\/[a-z0-9_+-]+)*$/i;
const icuOnly = /^SystemV\/|^US\/Pacific-New$/i;

/** Whether `name` is a time zone of the IANA database (upper and lower case are one); an offset is not. */
export function isTimeZone(name: string): boolean {
  if (!zoneName.test(name) || icuOnly.test(name)) return false;
  if (name.length === 3 && !threeLetterNames.has(name.toUpperCase())) return false;
  try {
    zones(name, openZone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The span around an instant in epoch milliseconds, of the years 1800 to 9999. A span may be cut where nothing changes:
 * the one that follows can have the same offset. Its ends are whole seconds. Throws RangeError when the zone is unknown.
 */
export function spanAt(timeZone: string, instantMs: number): OffsetSpan {
  const zone = zones(timeZone, openZone);
  const spans = zone.chunks(Math.floor(instantMs / CHUNK_MS), (chunk) =>
    findSpans(zone.clock, chunk * CHUNK_MS),
  );
  let found = spans[0];
  for (const span of spans) if (span.startMs <= instantMs) found = span;
  return found;
}

function findSpans(clock: Intl.DateTimeFormat, chunkStartMs: number): Spans {
  const endMs = chunkStartMs + CHUNK_MS;
  let last: OffsetSpan = { startMs: chunkStartMs, endMs, offsetMs: offsetAt(clock, chunkStartMs) };
  const spans: [OffsetSpan, ...OffsetSpan[]] = [last];
  let beforeMs = chunkStartMs;
  for (let sampleMs = chunkStartMs + SAMPLE_MS - SECOND_MS; sampleMs < endMs; sampleMs += SAMPLE_MS) {
    const offsetMs = offsetAt(clock, sampleMs);
    if (offsetMs !== last.offsetMs) {
      const startMs = findChange(clock, beforeMs, sampleMs, offsetMs);
      last.endMs = startMs;
      last = { startMs, endMs, offsetMs };
      spans.push(last);
    }
    beforeMs = sampleMs;
  }
  return spans;
}

/** The first second, after `beforeMs` and up to `sampleMs`, that has the offset of `sampleMs`. */
function findChange(
  clock: Intl.DateTimeFormat,
  beforeMs: number,
  sampleMs: number,
  offsetMs: number,
): number {
  let old = beforeMs / SECOND_MS;
  let changed = sampleMs / SECOND_MS;
  while (changed - old > 1) {
    const middle = Math.floor((old + changed) / 2);
    if (offsetAt(clock, middle * SECOND_MS) === offsetMs) changed = middle;
    else old = middle;
  }
  return changed * SECOND_MS;
}

/** Intl tells no offset, so the wall clock is read and compared; V8 parses what it formats for en-US. */
function offsetAt(clock: Intl.DateTimeFormat, instantMs: number): number {
  return Date.parse(`${clock.format(instantMs)} UTC`) - instantMs;
}
