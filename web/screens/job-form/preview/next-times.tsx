import type { SchedulePreview } from '../../../api/types.ts';
import { formatInstant } from '../../../time/format.ts';
import * as styles from './schedule-preview.module.css';

type Props = { times: SchedulePreview['nextTimes']; jobZone: string; viewerZone: string };

/** The next times by the job's clock, and by the viewer's. */
export const NextTimes = ({ times, jobZone, viewerZone }: Props) => {
  const zones = viewerZone === jobZone ? [jobZone] : [jobZone, viewerZone];
  return (
    <table className={styles.times}>
      <caption>Next times</caption>
      <thead>
        <tr>
          {zones.map((zone) => (
            <th key={zone} scope="col">
              {zone}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {times.map(({ utc }) => (
          <tr key={utc}>
            {zones.map((zone) => (
              <td key={zone}>{formatInstant(new Date(utc), zone)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};
