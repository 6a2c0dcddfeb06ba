import type { ReactNode } from 'react';
import { formatDay, formatMinute } from '../../time/format.ts';
import type { CanvasProps } from './canvas.tsx';
import * as styles from './chart.module.css';
import type { ChartSeries } from './series.ts';
import { Swatch } from './swatch.tsx';

type Props = Pick<CanvasProps, 'at' | 'series' | 'zone' | 'format'> & {
  cursor: number | null;
  /** Shows the name of a series, such as a link. */
  renderLabel: (label: string) => ReactNode;
};

/** The names of the series, and their values at the cursor. */
export const Legend = ({ at, series, zone, format, cursor, renderLabel }: Props) => {
  const place = cursor === null ? -1 : at.indexOf(cursor);
  const ms = at[place];
  const valueOf = ({ values, total }: ChartSeries): string | undefined => {
    if (ms === undefined) return total === undefined ? undefined : format(total);
    const value = values[place] ?? null;
    return value === null ? '–' : format(value);
  };
  return (
    <ul className={styles.legend}>
      {series.map((each) => {
        const value = valueOf(each);
        return (
          <li key={each.label}>
            <Swatch colour={each.colour} />
            <span className={styles.label}>{renderLabel(each.label)}</span>
            {value !== undefined && <strong>{value}</strong>}
          </li>
        );
      })}
      <li className={styles.instant}>
        {ms !== undefined && `${formatDay(ms, zone)}, ${formatMinute(ms, zone)}`}
      </li>
    </ul>
  );
};
