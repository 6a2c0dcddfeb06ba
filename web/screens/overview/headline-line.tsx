import { Link } from '@tanstack/react-router';
import type { LoadAnswer } from '../../api/load.ts';
import type { QueueStats, Stats } from '../../api/types.ts';
import { classNames } from '../../components/class-names.ts';
import { Icon } from '../../components/icon.tsx';
import { OldCount } from '../../components/old-count.tsx';
import { findHerds } from '../../time/herds.ts';
import { type Counted, failingWords, herdWords, punctuality, recentP99 } from './headline.ts';
import * as styles from './headline-line.module.css';

type Props = {
  zone: string;
  /** Each is undefined while it is read. */
  hour: Stats | undefined;
  queue: QueueStats | undefined;
  failing: Counted | undefined;
  load: LoadAnswer | undefined;
};

const toParameter = (atMs: number) => `${new Date(atMs).toISOString().slice(0, 16)}Z`;

/** The state of the deployment in one line. */
export const HeadlineLine = ({ zone, hour, queue, failing, load }: Props) => {
  if (hour === undefined || queue === undefined)
    return (
      <p className={styles.line} aria-busy="true">
        <span className={classNames(styles.mark, styles.waiting)} />
        Reading …
      </p>
    );
  const { oldestDueAgeSeconds } = queue;
  const { isLate, text } = punctuality({
    p99Ms: hour.total.latenessMs?.p99 ?? null,
    recentP99Ms: recentP99(hour),
    oldestDueAgeSeconds,
  });
  const [herd] =
    load === undefined ? [] : findHerds({ fromMs: Date.parse(load.from), perMinute: load.perMinute });
  return (
    <p className={styles.line}>
      <span className={classNames(styles.mark, isLate && styles.late)}>
        <Icon name={isLate ? 'failures' : 'success'} />
      </span>
      <strong>{text}</strong>
      {/* The space before a sentence comes with it: Chromium counts a space at the end of a line as moved when text follows. */}
      {failing !== undefined && (
        <>
          {' '}
          {failing.count === 0 ? (
            failingWords(failing)
          ) : (
            <Link to="/jobs" search={{ state: 'ACTIVE', lastOutcome: 'FAILED' }} className={styles.failing}>
              {failingWords(failing)}
            </Link>
          )}
        </>
      )}
      {load !== undefined && (
        <>
          {' '}
          {herd === undefined ? (
            herdWords(herd, zone)
          ) : (
            <Link to="/calendar" search={{ minute: toParameter(herd.atMs) }} className={styles.link}>
              {herdWords(herd, zone)}
            </Link>
          )}
          <OldCount at={load.countedAt}>{(time) => <> Counted {time}.</>}</OldCount>
        </>
      )}
    </p>
  );
};
