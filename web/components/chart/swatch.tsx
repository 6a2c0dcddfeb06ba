import * as styles from './chart.module.css';

const classes: Record<string, string | undefined> = {
  '--good-mark': styles.good,
  '--bad-mark': styles.bad,
  '--warn-mark': styles.warn,
  '--busy-mark': styles.busy,
  '--calm-mark': styles.calm,
};

/** The colour of a series. */
export const Swatch = ({ colour }: { colour: string }) => (
  <span className={`${styles.swatch} ${classes[colour] ?? ''}`} aria-hidden="true" />
);
