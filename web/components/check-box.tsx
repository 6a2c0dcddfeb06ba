import type { ReactNode } from 'react';
import * as styles from './check-box.module.css';

type Props = {
  label: ReactNode;
  /** One line below the label. */
  hint?: ReactNode;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
};

/** Something that is on or off. */
export const CheckBox = ({ label, hint, isChecked, onChange }: Props) => (
  <label className={styles.check}>
    <input type="checkbox" checked={isChecked} onChange={({ target }) => onChange(target.checked)} />
    <span>
      {label}
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </span>
  </label>
);
