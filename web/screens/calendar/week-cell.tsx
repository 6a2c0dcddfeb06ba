import { Link } from '@tanstack/react-router';
import { classNames } from '../../components/class-names.ts';
import { countOf } from '../../time/format.ts';
import type { Slot } from '../../time/week.ts';
import { type CalendarSearch, toParameter } from './search.ts';
import { shortCount } from './short-count.ts';
import * as styles from './week-map.module.css';

type Props = {
  slot: Slot;
  /** Undefined for an hour that has passed. */
  runs: number | undefined;
  level: number;
  /** The day and the hour. */
  name: string;
  /** Whether a minute of it has far more runs than usual. */
  hasHerd: boolean;
  isChosen: boolean;
  /** Whether Tab reaches this cell. Arrows lead to the others. */
  isReachable: boolean;
  isReading: boolean;
};

/** An hour of the week map, which leads to its minutes. */
export const WeekCell = ({ slot, runs, level, name, hasHerd, isChosen, isReachable, isReading }: Props) => {
  if (runs === undefined)
    return (
      <td className={isReading ? styles.reading : styles.past}>
        <span className={styles.hidden}>{isReading ? 'reading' : 'passed'}</span>
      </td>
    );
  return (
    <td>
      <Link
        to="/calendar"
        search={({ from }: CalendarSearch) => ({
          ...(from !== undefined && { from }),
          hour: toParameter(slot.fromMs),
        })}
        className={classNames(
          styles.cell,
          styles[`level${level}`],
          hasHerd && styles.herd,
          isChosen && styles.chosen,
        )}
        aria-label={`${name}: ${countOf(runs, 'run')}${hasHerd ? ', with a herd' : ''}`}
        aria-current={isChosen || undefined}
        tabIndex={isReachable ? 0 : -1}
        resetScroll={false}
      >
        {shortCount(runs)}
      </Link>
    </td>
  );
};
