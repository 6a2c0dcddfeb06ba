import { boundedCache } from './bounded-cache.ts';
import { unpackZone, type OffsetChange, type ZoneHistory } from './unpack-zone.ts';
import { changesByRule } from './zone-changes.ts';
import { packedZones, zoneDataVersion } from './zone-data.ts';
import { DAY_MS } from '../day.ts';

/** A stretch of time with one offset: local time is UTC plus `offsetMs` from `startMs` up to, not including, `endMs`. */
export type OffsetSpan = { startMs: number; endMs: number; offsetMs: number };

/** The release of the IANA time zone database that all times are computed by, such as `2026f`. */
export const ZONE_DATA_VERSION: string = zoneDataVersion;

/** More than any zone was ever away from UTC: Manila had -15:56 until 1844. */
export const MAX_OFFSET_MS = 16 * 3_600_000;

/** Spans are looked up among those of a year or so, which are kept. */
const CHUNK_MS = 366 * DAY_MS;

// tzdata has some 600 names, and case does not matter. A zone with its chunks holds some 10 KB.
const MAX_ZONES = 1_000;
const MAX_CHUNKS = 100;

type Spans = readonly [OffsetSpan, ...OffsetSpan[]];
type Zone = {
  history: ZoneHistory;
  chunks: (chunk: number, make: (chunk: number) => Spans) => Spans;
};

/** Names in lower case, and their lines in the data. */
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
  if (line === undefined) throw new RangeError(`"${name}" is no time zone of tzdata ${ZONE_DATA_VERSION}`);
  return { history: unpackZone(line.slice(line.indexOf('|') + 1)), chunks: boundedCache(MAX_CHUNKS) };
}

/** Whether `name` is a time zone of the IANA database (upper and lower case are one); an offset is not. */
export function isTimeZone(name: string): boolean {
  return findLine(name) !== undefined;
}

/** The span around an instant in epoch milliseconds, of the years 1800 to 9999. Throws RangeError when the zone is unknown. */
export function spanAt(timeZone: string, instantMs: number): OffsetSpan {
  const { history, chunks } = zones(timeZone, openZone);
  const spans = chunks(Math.floor(instantMs / CHUNK_MS), (chunk) => findSpans(history, chunk * CHUNK_MS));
  let found = spans[0];
  for (const span of spans) if (span.startMs <= instantMs) found = span;
  return found;
}

/** The spans that have a part in a chunk; the first and the last may reach beyond it. */
function findSpans(history: ZoneHistory, chunkStartMs: number): Spans {
  const chunkEndMs = chunkStartMs + CHUNK_MS;
  const startYear = new Date(chunkStartMs).getUTCFullYear();
  // A chunk touches two years, and there is a change in each year by the rule.
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
