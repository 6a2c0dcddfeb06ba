import { closestName, writtenNames, type WrittenNames } from '../closest-name.ts';
import { packedZones } from './zone-data.ts';

/** Neither an offset nor an abbreviation: `IST` is close to `EST` and means something else. */
const NAME = /^[a-z][a-z_ /-]{4,39}$/i;

let zones: WrittenNames | undefined;

/** The time zone that was probably meant by an unknown name; a city alone counts as its zone. */
export function suggestTimeZone(name: string): string | undefined {
  if (!NAME.test(name)) return undefined;
  zones ??= writtenNames(
    packedZones.flatMap((line) => line.slice(0, line.indexOf('|')).split(' ')),
    (zone) => [zone, zone.slice(zone.lastIndexOf('/') + 1)],
  );
  return closestName(name, zones);
}
