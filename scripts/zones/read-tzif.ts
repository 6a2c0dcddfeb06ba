/** A time zone as a TZif file has it (RFC 8536): UTC offsets in seconds, and the changes between them. */
export type TzifZone = {
  /** The offset before the first change. */
  firstOffset: number;
  changes: { atSeconds: number; offset: number }[];
  /** The rule after the last change: a TZ string of POSIX, such as `CET-1CEST,M3.5.0,M10.5.0/3`. */
  footer: string;
};

const HEADER_BYTES = 44;

/** Reads the 64-bit part of a file of version 2 or newer. Throws an Error if it is not such a file. */
export function readTzif(file: Buffer): TzifZone {
  if (file.toString('latin1', 0, 4) !== 'TZif' || file.toString('latin1', 4, 5) < '2') {
    throw new Error('not a TZif file of version 2 or newer');
  }
  const old = readCounts(file, 0);
  const start = HEADER_BYTES + old.times * 5 + restBytes(old, 4);
  const { times, types, ...counts } = readCounts(file, start);
  const at = start + HEADER_BYTES;
  const typesAt = at + times * 9;
  const offsets = Array.from({ length: types }, (_, type) => file.readInt32BE(typesAt + type * 6));
  const offsetOf = (type: number): number => {
    const offset = offsets[type];
    if (offset === undefined) throw new Error(`there is no type ${type} of local time`);
    return offset;
  };
  const changes = Array.from({ length: times }, (_, index) => ({
    atSeconds: Number(file.readBigInt64BE(at + index * 8)),
    offset: offsetOf(file.readUInt8(at + times * 8 + index)),
  }));
  const footer = file.toString('latin1', typesAt + restBytes({ types, ...counts }, 8));
  if (!/^\n[^\n]+\n$/.test(footer)) throw new Error('there is no footer');
  return { firstOffset: offsetOf(0), changes, footer: footer.trim() };
}

type Counts = { isUt: number; isStandard: number; leaps: number; types: number; characters: number };

function readCounts(file: Buffer, at: number): Counts & { times: number } {
  const count = (index: number): number => file.readUInt32BE(at + 20 + 4 * index);
  return {
    isUt: count(0),
    isStandard: count(1),
    leaps: count(2),
    times: count(3),
    types: count(4),
    characters: count(5),
  };
}

/** The bytes after the changes; a time is of 4 or 8 bytes. */
function restBytes(counts: Counts, timeBytes: number): number {
  const { isUt, isStandard, leaps, types, characters } = counts;
  return types * 6 + characters + leaps * (timeBytes + 4) + isStandard + isUt;
}
