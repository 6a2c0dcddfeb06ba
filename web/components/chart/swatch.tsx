import * as styles from './chart.module.css';

const classes: Record<string, string | undefined> = {
  '--good-mark': styles.good,
  '--bad-mark': styles.bad,
  '--warn-mark': styles.warn,
  '--busy-mark': styles.busy,
  '--calm-mark': styles.calm,
  '--series-1': styles.series1,
  '--series-2': styles.series2,
  '--series-3': styles.series3,
  '--series-4': styles.series4,
  '--series-5': styles.series5,
};

/** The colour of a series. */
export const Swatch = ({ colour }: { colour: string }) => (
  <span className={`${styles.swatch} ${classes[colour] ?? ''}`} aria-hidden="true" />
);
