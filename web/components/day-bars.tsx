import { useNow } from '../time/now.ts';
import { formatCount, formatDay } from '../time/format.ts';
import * as styles from './day-bars.module.css';
import { DAY_MS } from '../time/units.ts';

const DAYS = 14;
const STEP = 7;
const BAR = 5;
const HEIGHT = 24;
/** The height of a day with one execution, and that of a day without. */
const LEAST = 3;
const NONE = 1;

type Day = { date: string; executions: number };

/** Adds the days without a failure, the earliest first. The days are in UTC. */
function fill(days: readonly Day[], now: Date): Day[] {
  const counts = new Map(days.map(({ date, executions }) => [date, executions]));
  return Array.from({ length: DAYS }, (_, index) => {
    const date = new Date(now.getTime() - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    return { date, executions: counts.get(date) ?? 0 };
  });
}

function describe(days: readonly Day[]): string {
  const total = days.reduce((sum, { executions }) => sum + executions, 0);
  const most = days.reduce((one, other) => (other.executions > one.executions ? other : one));
  if (total === 0) return 'None failed in the last 14 days';
  const peak = `most on ${formatDay(new Date(`${most.date}T00:00:00Z`), 'UTC')} with ${formatCount(most.executions)}`;
  return `${formatCount(total)} failed in the last 14 days, ${peak}`;
}

/** The failures of each of the last 14 days, today at the right. */
export const DayBars = ({ days }: { days: readonly Day[] }) => {
  const filled = fill(days, useNow());
  const most = Math.max(1, ...filled.map(({ executions }) => executions));
  const words = describe(filled);
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 ${DAYS * STEP} ${HEIGHT}`}
      width={DAYS * STEP}
      height={HEIGHT}
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      {filled.map(({ date, executions }, index) => {
        const height = executions === 0 ? NONE : LEAST + ((HEIGHT - LEAST) * executions) / (most + 1);
        return (
          <rect
            key={date}
            className={executions === 0 ? styles.none : styles.some}
            x={index * STEP}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            rx={executions === 0 ? 0 : 1}
          />
        );
      })}
    </svg>
  );
};
