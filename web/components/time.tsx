import { formatInstant, formatShort } from '../time/format.ts';
import { useNow } from '../time/now.ts';
import { formatDistance } from '../time/spans.ts';
import * as styles from './time.module.css';
import { ownZone, useZone } from '../time/zone.ts';

type Props = {
  /** An instant in ISO 8601. */
  at: string;
  /** `distance` is relative to now; `instant` is the time of a clock. */
  look?: 'distance' | 'instant';
  /** The zone of the job, which the full text shows too. */
  jobZone?: string;
};

/** An instant. Its title has it in full, in every zone that matters. */
export const Time = ({ at, look = 'distance', jobZone }: Props) => {
  const now = useNow();
  const zone = useZone();
  const instant = new Date(at);
  const zones = [...new Set([zone, ...(jobZone === undefined ? [] : [jobZone]), ownZone, 'UTC'])];
  return (
    <time
      className={styles.time}
      dateTime={at}
      title={zones.map((each) => formatInstant(instant, each)).join('\n')}
    >
      {look === 'distance' ? formatDistance(instant, now) : formatShort(instant, zone, now)}
    </time>
  );
};
