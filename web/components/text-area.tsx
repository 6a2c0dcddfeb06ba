import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import * as styles from './field.module.css';

type Props = Omit<ComponentProps<'textarea'>, 'id'> & {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  isCode?: boolean;
};

/** Several lines of text with their label. */
export const TextArea = ({ label, hint, error, isCode = false, ...rest }: Props) => {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <textarea
        autoComplete="off"
        spellCheck={false}
        rows={4}
        {...rest}
        id={id}
        className={classNames(styles.input, styles.area, isCode && styles.code)}
        aria-invalid={error !== undefined}
        {...(described !== '' && { 'aria-describedby': described })}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </div>
  );
};
