import * as styles from './field.module.css';
import { Labelled } from './labelled.tsx';
import { Options, type OptionsProps } from './options.tsx';

type Props<Value extends string> = OptionsProps<Value> & { label: string; error?: string | undefined };

/** One choice out of several as a field of a form. */
export function Choice<Value extends string>({ label, error, ...choice }: Props<Value>) {
  return (
    <Labelled label={label} error={error}>
      {(control) => <Options {...choice} {...control} className={styles.input} />}
    </Labelled>
  );
}
