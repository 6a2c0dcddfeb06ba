import * as styles from './button.module.css';
import { classNames } from './class-names.ts';

/** The look of a button, for a link that leads to another screen: it also opens in a new tab. */
export const buttonLook = (look: 'plain' | 'primary' = 'plain'): string =>
  classNames(styles.button, styles[look]);
