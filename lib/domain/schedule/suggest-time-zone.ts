import { closestName, writtenNames, type WrittenNames } from '../closest-name.ts';
import { packedZones } from './zone-data.ts';

/** Matches names, but no offsets and no abbreviations: `IST` is similar to `EST`, but means another time zone. */
const NAME = /^[a-z][a-z_ /-]{4,39}$/i;

let zones: WrittenNames | undefined;

/** Suggests the time zone that was probably meant by an unknown name. The name of a city also finds its time zone. */
export function suggestTimeZone(name: string): string | undefined {
  if (!NAME.test(name)) return undefined;
  zones ??= writtenNames(
    packedZones.flatMap((line) => line.slice(0, line.indexOf('|')).split(' ')),
    (zone) => [zone, zone.slice(zone.lastIndexOf('/') + 1)],
  );
  return closestName(name, zones);
}
