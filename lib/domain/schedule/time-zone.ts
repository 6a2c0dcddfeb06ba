import { boundedCache } from '../bounded-cache.ts';
import { unpackZone, type OffsetChange, type ZoneHistory } from './unpack-zone.ts';
import { changesByRule } from './zone-changes.ts';
import { packedZones, zoneDataVersion } from './zone-data.ts';
import { DAY_MS } from '../day.ts';

/** A period with one offset: from `startMs` (inclusive) to `endMs` (exclusive), local time is UTC plus `offsetMs`. */
export type OffsetSpan = { startMs: number; endMs: number; offsetMs: number };

/** The release of the IANA time zone database that all times are computed with, such as `2026f`. */
export const ZONE_DATA_VERSION: string = zoneDataVersion;

/** More than the largest offset of any zone, which was -15:56 in Manila until 1844. */
export const MAX_OFFSET_MS = 16 * 3_600_000;

/** The length of a chunk. The spans of each chunk, about a year, are cached together. */
const CHUNK_MS = 366 * DAY_MS;

// tzdata has about 600 names, and case does not matter. A zone with its chunks takes about 10 KB.
const MAX_ZONES = 1_000;
const MAX_CHUNKS = 100;

type Spans = readonly [OffsetSpan, ...OffsetSpan[]];
type Zone = {
  history: ZoneHistory;
  chunks: (chunk: number, make: (chunk: number) => Spans) => Spans;
};

/** The line in the data for each name in lower case. */
let lines: Map<string, string> | undefined;

function findLine(name: string): string | undefined {
  lines ??= new Map(
    packedZones.flatMap((line) =>
      line
        .slice(0, line.indexOf('|'))
        .split(' ')
        .map((known): [string, string] => [known.toLowerCase(), line]),
    ),
  );
  return lines.get(name.toLowerCase());
}

const zones = boundedCache<string, Zone>(MAX_ZONES);

function openZone(name: string): Zone {
  const line = findLine(name);
  if (line === undefined) throw new RangeError(`"${name}" is not a time zone of tzdata ${ZONE_DATA_VERSION}`);
  return { history: unpackZone(line.slice(line.indexOf('|') + 1)), chunks: boundedCache(MAX_CHUNKS) };
}

/** Tells whether `name` is a time zone of the IANA database, ignoring case. An offset is not. */
export function isTimeZone(name: string): boolean {
  return findLine(name) !== undefined;
}

/**
 * Returns the span that contains an instant, which is in epoch milliseconds and in the years 1800 to 9999.
 *
 * @throws RangeError when the time zone is unknown.
 */
export function spanAt(timeZone: string, instantMs: number): OffsetSpan {
  const { history, chunks } = zones(timeZone, openZone);
  const spans = chunks(Math.floor(instantMs / CHUNK_MS), (chunk) => findSpans(history, chunk * CHUNK_MS));
  let found = spans[0];
  for (const span of spans) if (span.startMs <= instantMs) found = span;
  return found;
}

/** Finds the spans that overlap a chunk. The first and the last may extend beyond it. */
function findSpans(history: ZoneHistory, chunkStartMs: number): Spans {
  const chunkEndMs = chunkStartMs + CHUNK_MS;
  const startYear = new Date(chunkStartMs).getUTCFullYear();
  // A chunk overlaps two years, and the rule gives changes in each year.
  const changes: OffsetChange[] = [
    { atMs: -Infinity, offsetMs: history.firstOffsetMs },
    ...history.changes,
    ...changesByRule(history, startYear - 1, startYear + 2),
  ];
  const first = Math.max(
    0,
    changes.findLastIndex(({ atMs }) => atMs <= chunkStartMs),
  );
  const spans = changes.slice(first).map(({ atMs, offsetMs }, index) => ({
    startMs: atMs,
    endMs: changes[first + index + 1]?.atMs ?? Infinity,
    offsetMs,
  }));
  const [found, ...later] = spans;
  if (found === undefined) throw new Error('a zone has no offset');
  return [found, ...later.filter(({ startMs }) => startMs < chunkEndMs)];
}
