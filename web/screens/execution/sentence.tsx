import { formatClock, formatInstant, zoneName } from '../../time/format.ts';
import { useZone } from '../../time/zone.ts';

const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A sentence of the API. Its instants, which are in UTC, are shown in the zone of the page. */
export const Sentence = ({ text }: { text: string }) => {
  const zone = useZone();
  return text.split(INSTANT).map((part, index) => {
    if (index % 2 === 0) return part;
    const at = new Date(part);
    return (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a sentence keep their places
      <time key={index} dateTime={part} title={`${formatInstant(at, zone)}\n${part}`}>
        {formatClock(at, zone)} {zoneName(at, zone)}
      </time>
    );
  });
};
