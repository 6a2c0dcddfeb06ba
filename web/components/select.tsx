import { Options, type OptionsProps } from './options.tsx';
import * as styles from './select.module.css';

type Props<Value extends string> = OptionsProps<Value> & { label: string };

/** One choice out of several, in a line of controls. */
export function Select<Value extends string>({ label, ...choice }: Props<Value>) {
  return <Options {...choice} className={styles.select} aria-label={label} title={label} />;
}
