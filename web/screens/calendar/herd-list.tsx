import { Link } from '@tanstack/react-router';
import type { BusyMinute } from '../../api/load.ts';
import { Panel } from '../../components/panel.tsx';
import { countOf, formatCount, formatDay, formatMinute } from '../../time/format.ts';
import { findHerds, type Herd, HERD_FACTOR, type Load, medianOf, quieterMinute } from '../../time/herds.ts';
import { type HerdGroup, groupHerds } from './herd-groups.ts';
import * as styles from './herd-list.module.css';
import { SpreadButton } from './spread/spread-button.tsx';
import { type CalendarSearch, toParameter } from './search.ts';

type Props = {
  load: Load;
  zone: string;
  /** The busiest minutes with their schedules. */
  busiest: readonly BusyMinute[];
  /** The hour that has an instant. */
  hourOf: (atMs: number) => number | undefined;
};

const SHOWN = 10;

/** Minutes in which far more jobs run than usual, and where they could run instead. */
export const HerdList = ({ load, zone, busiest, hourOf }: Props) => {
  const groups = groupHerds(findHerds(load), zone);
  const median = medianOf(load.perMinute);
  return (
    <Panel title="Herds">
      <p className={styles.lead}>
        {groups.length === 0
          ? `No minute of this week has more than ${HERD_FACTOR} times the runs of a usual minute, which has ${formatCount(median)}.`
          : `Minutes with more than ${HERD_FACTOR} times the runs of a usual minute, which has ${formatCount(median)}.`}
      </p>
      {groups.length > 0 && (
        <ol className={styles.list}>
          {groups.slice(0, SHOWN).map((group) => (
            <HerdItem key={group.clock} {...{ group, zone, load, busiest, hourOf }} />
          ))}
        </ol>
      )}
      {groups.length > SHOWN && (
        <p className={styles.lead}>and {countOf(groups.length - SHOWN, 'more time')}</p>
      )}
    </Panel>
  );
};

const HerdItem = ({ group, zone, load, busiest, hourOf }: Props & { group: HerdGroup }) => {
  const [first, ...others] = group.herds;
  const hourMs = hourOf(first.atMs);
  const minute = busiest.find(({ at }) => group.herds.some(({ atMs }) => Date.parse(at) === atMs));
  const parts = minute?.schedules ?? [];
  const [schedule] = parts;
  return (
    <li className={styles.herd}>
      <p className={styles.head}>
        <Link
          className={styles.time}
          to="/calendar"
          search={({ from }: CalendarSearch) => ({
            ...(from !== undefined && { from }),
            ...(hourMs !== undefined && { hour: toParameter(hourMs) }),
            minute: toParameter(first.atMs),
          })}
          resetScroll={false}
        >
          {group.clock}
        </Link>
        <span className={styles.days}>
          {others.length === 0 ? formatDay(first.atMs, zone) : `on ${countOf(group.herds.length, 'day')}`}
        </span>
        <strong>{countOf(group.runs, 'run')}</strong>
      </p>
      {schedule !== undefined && (
        <p>
          {countOf(schedule.jobs, 'job')} {schedule.jobs === 1 ? 'has' : 'have'}{' '}
          {schedule.schedule === null ? 'this single time' : <code>{schedule.schedule}</code>}
          {schedule.timeZone !== null && ` in ${schedule.timeZone}`}.
        </p>
      )}
      <Advice herd={first} load={load} zone={zone} />
      <SpreadButton parts={parts} />
    </li>
  );
};

/** Names a minute with fewer runs. */
const Advice = ({ herd, load, zone }: { herd: Herd; load: Load; zone: string }) => {
  const quieter = quieterMinute(load, herd);
  if (quieter === undefined || quieter.runs * 2 > herd.runs) return null;
  return (
    <p className={styles.advice}>
      A quieter minute: {formatMinute(quieter.atMs, zone)} has {countOf(quieter.runs, 'run')}.
    </p>
  );
};
