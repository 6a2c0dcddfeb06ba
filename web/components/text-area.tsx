import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import * as styles from './field.module.css';
import { Labelled, type LabelProps } from './labelled.tsx';

type Props = Omit<ComponentProps<'textarea'>, 'id'> & LabelProps & { isCode?: boolean };

/** Several lines of text with their label. */
export const TextArea = ({ label, hint, error, isCode = false, ...rest }: Props) => (
  <Labelled label={label} hint={hint} error={error}>
    {(control) => (
      <textarea
        autoComplete="off"
        spellCheck={false}
        rows={4}
        {...rest}
        {...control}
        className={classNames(styles.input, styles.area, isCode && styles.code)}
      />
    )}
  </Labelled>
);
