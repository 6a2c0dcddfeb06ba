import { formatInstant } from '../time/format.ts';
import * as styles from './full-instant.module.css';

/** An instant with its day, its time and its zone. Where there is little room, the time is below the day. */
export const FullInstant = ({ at, zone }: { at: Date; zone: string }) => {
  const text = formatInstant(at, zone);
  const end = text.indexOf(',') + 1;
  return (
    <>
      <span className={styles.part}>{text.slice(0, end)}</span>{' '}
      <span className={styles.part}>{text.slice(end).trim()}</span>
    </>
  );
};
