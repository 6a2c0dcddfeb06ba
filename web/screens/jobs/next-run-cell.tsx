import { Time } from '../../components/time.tsx';
import { formatInstant } from '../../time/format.ts';
import { useNow } from '../../time/now.ts';
import { useZone } from '../../time/zone.ts';
import * as styles from './next-run-cell.module.css';

/** A page that was read before a run still has its time. Until it is read again, the run is now. */
const NOW_MS = 10_000;

/** The next run. While its row has the focus, it also shows by the clocks of the viewer and of the job. */
export const NextRunCell = ({ at, jobZone }: { at: string; jobZone: string }) => {
  const zone = useZone();
  const lateMs = useNow().getTime() - Date.parse(at);
  const isDue = lateMs > 0 && lateMs < NOW_MS;
  return (
    <span className={styles.cell}>
      {isDue ? 'now' : <Time at={at} jobZone={jobZone} />}
      <span className={styles.zones}>
        {[...new Set([zone, jobZone])].map((each) => (
          <span key={each}>{formatInstant(new Date(at), each)}</span>
        ))}
      </span>
    </span>
  );
};
