import { type ReactNode, useId } from 'react';
import * as styles from './field.module.css';

export type LabelProps = {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
};

/** What connects a control with its label, hint and error. */
type ControlProps = { id: string; 'aria-invalid': boolean; 'aria-describedby'?: string };

type Props = LabelProps & { children: (control: ControlProps) => ReactNode };

/** A control with its label. The hint and the error belong to it for readers of the screen, too. */
export const Labelled = ({ label, hint, error, children }: Props) => {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-invalid': error !== undefined,
        ...(described !== '' && { 'aria-describedby': described }),
      })}
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
