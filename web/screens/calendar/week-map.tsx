import { useMemo } from 'react';
import { formatDay } from '../../time/format.ts';
import { findHerds, type Load, levelOf, medianOf, runsBetween } from '../../time/herds.ts';
import { type Day, type HourRow, hourRows, minutesOf, type Slot } from '../../time/week.ts';
import { onGridKey } from './grid-keys.ts';
import { Shades } from './shades.tsx';
import { WeekCell } from './week-cell.tsx';
import * as styles from './week-map.module.css';

type Props = {
  days: readonly Day[];
  zone: string;
  load: Load | undefined;
  /** The start of the chosen hour. */
  chosenMs: number | undefined;
};

const DAY_MINUTES = 1_440;
const atNoon = (date: string) => Date.parse(`${date}T12:00:00Z`);

/** What a column says about a day on which the clock changes. */
function changeOf(day: Day): string | undefined {
  const minutes = minutesOf(day);
  return minutes === DAY_MINUTES ? undefined : `${Number((minutes / 60).toFixed(1))} hours`;
}

/** The runs of each hour of a week. An hour that the clock skips has no cell, and one that it shows twice has two. */
export const WeekMap = ({ days, zone, load, chosenMs }: Props) => {
  const rows = hourRows(days);
  const runsOf = (slot: Slot) => load && runsBetween(load, slot.fromMs, slot.untilMs);
  const all = rows.flatMap(({ slots }) => slots.flatMap((slot) => (slot && runsOf(slot)) || []));
  const median = medianOf(all);
  const herds = useMemo(() => (load === undefined ? [] : findHerds(load)), [load]);
  const hasHerd = ({ fromMs, untilMs }: Slot) => herds.some(({ atMs }) => fromMs <= atMs && atMs < untilMs);
  const firstMs = rows.flatMap(({ slots }) => slots.flatMap((slot) => slot?.untilMs ?? []));
  const reachableMs = chosenMs ?? Math.min(...firstMs.filter((ms) => ms > (load?.fromMs ?? 0)));
  return (
    <section className={styles.frame} aria-label="Week map" tabIndex={0}>
      <table role="grid" className={styles.map} aria-busy={load === undefined} onKeyDown={onGridKey}>
        <caption className={styles.caption}>Runs in each hour, {zone}</caption>
        <thead>
          <tr>
            <th scope="col">Hour</th>
            {days.map((day) => (
              <th key={day.date} scope="col">
                <DayName day={formatDay(atNoon(day.date), 'UTC')} />
                {changeOf(day) !== undefined && <span className={styles.change}>{changeOf(day)}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.hour} ${row.isAgain}`}>
              <th scope="row">{nameOf(row)}</th>
              {row.slots.map((slot, index) =>
                slot === undefined ? (
                  <td key={days[index]?.date} className={row.isAgain ? styles.none : styles.gap}>
                    {!row.isAgain && <span>skipped</span>}
                  </td>
                ) : (
                  <WeekCell
                    key={slot.fromMs}
                    slot={slot}
                    runs={runsOf(slot)}
                    level={levelOf(runsOf(slot) ?? 0, median)}
                    name={`${formatDay(slot.fromMs, zone)}, ${nameOf(row)}`}
                    hasHerd={hasHerd(slot)}
                    isChosen={slot.fromMs === chosenMs}
                    isReachable={
                      slot.fromMs === chosenMs || (slot.fromMs < reachableMs && reachableMs <= slot.untilMs)
                    }
                    isReading={load === undefined}
                  />
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <Shades hasHerds={herds.length > 0} />
    </section>
  );
};

/** A day such as `Sun 29 Nov`. Where there is little room, the date is below the weekday, on every day. */
const DayName = ({ day }: { day: string }) => (
  <>
    <span className={styles.weekday}>{day.slice(0, 3)}</span> {day.slice(4)}
  </>
);

const nameOf = ({ hour, isAgain }: HourRow): string =>
  `${String(hour).padStart(2, '0')}:00${isAgain ? ' again' : ''}`;
