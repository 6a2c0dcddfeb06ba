import { classNames } from '../../components/class-names.ts';
import * as styles from './week-map.module.css';

const LEVELS = [1, 2, 3, 4, 5] as const;

/** What the shades of the map mean. Each cell has its number as well. */
export const Shades = ({ hasHerds }: { hasHerds: boolean }) => (
  <p className={styles.shades}>
    <span className={styles.scale} aria-hidden="true">
      {LEVELS.map((level) => (
        <span key={level} className={classNames(styles.shade, styles[`level${level}`])} />
      ))}
    </span>
    from less than half of a usual hour to twice as much or more
    {hasHerds && (
      <span className={styles.mark}>
        <span className={classNames(styles.shade, styles.level2, styles.herd)} aria-hidden="true" />
        has a herd
      </span>
    )}
  </p>
);
