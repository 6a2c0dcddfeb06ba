import { formatDay, formatMinute } from '../../time/format.ts';
import type { CanvasProps } from './canvas.tsx';
import * as styles from './chart.module.css';

type Props = Pick<CanvasProps, 'at' | 'series' | 'zone' | 'format'> & { title: string };

/** The values of a chart, the latest first. */
export const ChartTable = ({ title, at, series, zone, format }: Props) => (
  <section className={styles.frame} tabIndex={0} aria-label={`${title}, as a table`}>
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">From</th>
          {series.map(({ label }) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {at
          .map((ms, index) => (
            <tr key={ms}>
              <th scope="row">
                {formatDay(ms, zone).slice(4)}, {formatMinute(ms, zone)}
              </th>
              {series.map(({ label, values }) => {
                const value = values[index] ?? null;
                return <td key={label}>{value === null ? '–' : format(value)}</td>;
              })}
            </tr>
          ))
          .toReversed()}
      </tbody>
    </table>
  </section>
);
