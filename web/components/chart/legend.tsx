import { formatDay, formatMinute } from '../../time/format.ts';
import type { CanvasProps } from './canvas.tsx';
import * as styles from './chart.module.css';
import { Swatch } from './swatch.tsx';

type Props = Pick<CanvasProps, 'at' | 'series' | 'zone' | 'format'> & { cursor: number | null };

/** The names of the series, and their values at the cursor. */
export const Legend = ({ at, series, zone, format, cursor }: Props) => {
  const ms = cursor === null ? undefined : at[cursor];
  return (
    <ul className={styles.legend}>
      {series.map(({ label, colour, values }) => {
        const value = cursor === null ? undefined : values[cursor];
        return (
          <li key={label}>
            <Swatch colour={colour} />
            {label}
            {ms !== undefined && (
              <strong>{value === null || value === undefined ? '–' : format(value)}</strong>
            )}
          </li>
        );
      })}
      <li className={styles.instant}>
        {ms !== undefined && `${formatDay(ms, zone)}, ${formatMinute(ms, zone)}`}
      </li>
    </ul>
  );
};
