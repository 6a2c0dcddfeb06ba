import { Link } from '@tanstack/react-router';
import { classNames } from '../../components/class-names.ts';
import { Panel } from '../../components/panel.tsx';
import { countOf, formatDay, formatMinute } from '../../time/format.ts';
import { type Load, levelOf, medianOf, runsBetween } from '../../time/herds.ts';
import { onGridKey } from './grid-keys.ts';
import { MinutePanel } from './minute-panel.tsx';
import * as styles from './hour-panel.module.css';
import { type CalendarSearch, toParameter } from './search.ts';
import { shortCount } from './short-count.ts';
import * as heat from './week-map.module.css';
import { MINUTE_MS } from '../../time/units.ts';

type Props = {
  fromMs: number;
  /** 60 minutes later, or less where the clock changes within the hour. */
  untilMs: number;
  zone: string;
  load: Load;
  /** When the load was counted. */
  countedAt: string;
  minuteMs: number | undefined;
};

const COLUMNS = 10;

/** The minutes of an hour, and the jobs of the chosen one. */
export const HourPanel = ({ fromMs, untilMs, zone, load, countedAt, minuteMs }: Props) => {
  const minutes = Array.from({ length: (untilMs - fromMs) / MINUTE_MS }, (_, index) => {
    const atMs = fromMs + index * MINUTE_MS;
    return { atMs, runs: runsBetween(load, atMs, atMs + MINUTE_MS) };
  });
  const known = minutes.flatMap(({ runs }) => runs ?? []);
  const total = known.reduce((sum, runs) => sum + runs, 0);
  const median = medianOf(load.perMinute);
  const rows = Array.from({ length: Math.ceil(minutes.length / COLUMNS) }, (_, row) =>
    minutes.slice(row * COLUMNS, (row + 1) * COLUMNS),
  );
  const first = minutes.find(({ runs }) => runs !== undefined)?.atMs;
  return (
    <Panel
      title={`${formatDay(fromMs, zone)}, ${formatMinute(fromMs, zone)}–${formatMinute(untilMs, zone)}`}
      aside={<span className={styles.total}>{countOf(total, 'run')}</span>}
    >
      <table role="grid" className={classNames(heat.map, styles.minutes)} onKeyDown={onGridKey}>
        <caption className={heat.hidden}>Runs in each minute</caption>
        <colgroup>
          <col className={styles.clock} />
          <col span={COLUMNS} />
        </colgroup>
        <tbody>
          {rows.map((row) => (
            <tr key={row[0]?.atMs}>
              <th scope="row">{formatMinute(row[0]?.atMs ?? fromMs, zone)}</th>
              {row.map(({ atMs, runs }) => (
                <td key={atMs}>
                  {runs === undefined ? (
                    <span className={heat.hidden}>passed</span>
                  ) : (
                    <Link
                      to="/calendar"
                      search={(search: CalendarSearch) => ({ ...search, minute: toParameter(atMs) })}
                      className={classNames(
                        heat.cell,
                        heat[`level${levelOf(runs, median)}`],
                        atMs === minuteMs && heat.chosen,
                      )}
                      aria-label={`${formatMinute(atMs, zone)}: ${countOf(runs, 'run')}`}
                      aria-current={atMs === minuteMs || undefined}
                      tabIndex={atMs === (minuteMs ?? first) ? 0 : -1}
                      resetScroll={false}
                    >
                      {shortCount(runs)}
                    </Link>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {minuteMs === undefined ? (
        <p className={styles.hint}>Choose a minute to see its jobs.</p>
      ) : (
        <MinutePanel
          atMs={minuteMs}
          zone={zone}
          shown={{ countedAt, runs: runsBetween(load, minuteMs, minuteMs + MINUTE_MS) }}
        />
      )}
    </Panel>
  );
};
