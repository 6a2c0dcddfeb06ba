import { Link } from '@tanstack/react-router';
import type { Host } from '../../api/types.ts';
import { Panel } from '../../components/panel.tsx';
import { countOf, formatCount } from '../../time/format.ts';
import { formatDuration } from '../../time/spans.ts';
import * as styles from './lists.module.css';

/** The hosts whose requests took the longest on average in the last hour. */
export const SlowHosts = ({ hosts }: { hosts: readonly Host[] | undefined }) => (
  <Panel
    title="Slowest hosts"
    aside={
      <Link to="/groups" search={{ tab: 'hosts', order: 'worst' }} className={styles.all}>
        Hosts
      </Link>
    }
  >
    {hosts?.length === 0 ? (
      <p className={styles.none}>No request ended in the last hour.</p>
    ) : (
      <ol className={styles.list} aria-busy={hosts === undefined}>
        {hosts?.map(({ host, lastHour, late }) => (
          <li key={host} className={styles.item}>
            <span className={styles.job}>
              <Link to="/jobs" search={{ host }} className={styles.name}>
                {host}
              </Link>
              <span className={styles.note}>
                {lastHour !== null &&
                  `${countOf(lastHour.requests, 'request')}, ${formatCount(lastHour.failed)} failed, ${formatDuration(lastHour.durationMs.max)} at most`}
                {late !== null && `, ${formatCount(late.count)} late`}
              </span>
            </span>
            <span title="The mean of the last hour">
              {lastHour === null ? '–' : formatDuration(lastHour.durationMs.mean)}
            </span>
          </li>
        ))}
      </ol>
    )}
  </Panel>
);
