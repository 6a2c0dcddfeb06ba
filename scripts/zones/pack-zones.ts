import { parseFooter } from './parse-footer.ts';
import type { TzifZone } from './read-tzif.ts';

const STEP_SECONDS = 900;
const MAX_OFFSETS = 26;

/**
 * Writes one line for each zone, in the form that lib/domain/schedule/unpack-zone.ts reads: `names|offsets|changes|rule`.
 * Zones that are equal share a line.
 */
export function packZones(zones: ReadonlyMap<string, TzifZone>): string[] {
  const namesOf = new Map<string, string[]>();
  for (const [name, zone] of zones) {
    const packed = packZone(zone);
    namesOf.set(packed, [...(namesOf.get(packed) ?? []), name]);
  }
  return [...namesOf].map(([packed, names]) => `${names.join(' ')}|${packed}`);
}

function packZone({ firstOffset, changes, footer }: TzifZone): string {
  const offsets = [firstOffset];
  const packed: string[] = [];
  let before = 0;
  let offsetBefore = firstOffset;
  for (const [index, { atSeconds, offset }] of changes.entries()) {
    // Only the abbreviation changes. The last change counts even so: the footer's rule begins there.
    if (offset === offsetBefore && index < changes.length - 1) continue;
    if (!offsets.includes(offset)) offsets.push(offset);
    packed.push(letter(offsets.indexOf(offset)) + packSeconds(atSeconds - before));
    before = atSeconds;
    offsetBefore = offset;
  }
  return `${offsets.join(',')}|${packed.join('')}|${packRule(footer, offsetBefore)}`;
}

function letter(index: number): string {
  if (index >= MAX_OFFSETS) throw new Error(`a zone has more than ${MAX_OFFSETS} offsets`);
  return String.fromCharCode(65 + index);
}

/** Writes a time as quarters of an hour in base 36, and the remaining seconds. */
function packSeconds(seconds: number): string {
  const rest = ((seconds % STEP_SECONDS) + STEP_SECONDS) % STEP_SECONDS;
  const steps = ((seconds - rest) / STEP_SECONDS).toString(36);
  return rest === 0 ? steps : `${steps}.${rest.toString(36)}`;
}

function packRule(footer: string, lastOffset: number): string {
  const { standardOffset, daylight } = parseFooter(footer);
  if (daylight === undefined) {
    if (standardOffset !== lastOffset) throw new Error(`the footer ${footer} contradicts the last change`);
    return '';
  }
  const days = [daylight.from, daylight.to].flatMap(({ month, week, weekday, seconds }) => [
    month,
    week,
    weekday,
    seconds,
  ]);
  return [standardOffset, daylight.offset, ...days].join(',');
}
