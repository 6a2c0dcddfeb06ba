import type { ComponentProps } from 'react';
import * as styles from './field.module.css';
import { Labelled, type LabelProps } from './labelled.tsx';

type Props = Omit<ComponentProps<'input'>, 'id'> & LabelProps;

/** A line of text with its label. */
export const Field = ({ label, hint, error, ...rest }: Props) => (
  <Labelled label={label} hint={hint} error={error}>
    {(control) => (
      <input autoComplete="off" spellCheck={false} {...rest} {...control} className={styles.input} />
    )}
  </Labelled>
);
