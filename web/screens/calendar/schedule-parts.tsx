import { Link } from '@tanstack/react-router';
import type { BusyMinute } from '../../api/load.ts';
import type { NamedJob } from '../../api/types.ts';
import { jobName } from '../../components/job-name.ts';
import { countOf, formatCount } from '../../time/format.ts';
import * as styles from './minute-panel.module.css';

type Props = { parts: BusyMinute['schedules']; names: ReadonlyMap<number, NamedJob> };

/** Schedules with their number of jobs and some of these jobs. */
export const ScheduleParts = ({ parts, names }: Props) => (
  <ul className={styles.parts}>
    {parts.map(({ schedule, timeZone, jobs, jobIds }, place) => (
      <li key={`${schedule} ${timeZone} ${jobIds[0] ?? place}`} className={styles.part}>
        <p className={styles.schedule}>
          {schedule === null ? 'Once' : <code>{schedule}</code>}
          {timeZone !== null && <span className={styles.zone}>{timeZone}</span>}
          {schedule === null || timeZone === null ? (
            <span className={styles.count}>{countOf(jobs, 'job')}</span>
          ) : (
            <Link className={styles.count} to="/jobs" search={{ schedule, timeZone }}>
              {countOf(jobs, 'job')}
            </Link>
          )}
        </p>
        <ul className={styles.jobs}>
          {jobIds.map((id) => {
            const job = names.get(id);
            return (
              <li key={id}>
                <Link className={styles.job} to="/jobs/$id" params={{ id: String(id) }}>
                  {job === undefined ? `Job ${id}` : jobName(job)}
                </Link>
              </li>
            );
          })}
          {jobIds.length === 0 ? (
            <li className={styles.more}>These jobs have changed since the count.</li>
          ) : (
            jobs > jobIds.length && (
              <li className={styles.more}>and {formatCount(jobs - jobIds.length)} more</li>
            )
          )}
        </ul>
      </li>
    ))}
  </ul>
);
