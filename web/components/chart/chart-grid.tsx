import type { ReactNode } from 'react';
import * as styles from './chart-grid.module.css';

type Props = {
  /** How many charts there will be. */
  count: number;
  /** The charts; undefined while they are read for the first time. */
  children: ReactNode | undefined;
};

/** The charts of a screen. Until they are read, empty panels keep their places. */
export const ChartGrid = ({ count, children }: Props) => (
  <div className={styles.grid} aria-busy={children === undefined}>
    {children ?? Array.from({ length: count }, (_, place) => <div key={place} className={styles.waiting} />)}
  </div>
);
