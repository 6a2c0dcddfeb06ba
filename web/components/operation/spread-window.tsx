import { Segmented } from '../segmented.tsx';
import * as styles from './spread-window.module.css';

/** The windows that are offered, in seconds. The API takes any up to an hour. */
const options = [
  { value: '60', label: '1 min' },
  { value: '300', label: '5 min' },
  { value: '900', label: '15 min' },
  { value: '3600', label: '60 min' },
] as const;

export type SpreadSeconds = (typeof options)[number]['value'];

type Props = { value: SpreadSeconds; onChange: (value: SpreadSeconds) => void };

/** Asks how much later a job may run. */
export const SpreadWindow = ({ value, onChange }: Props) => (
  <div className={styles.window}>
    <span aria-hidden="true">Within</span>
    <Segmented label="Within" value={value} options={options} onChange={onChange} />
  </div>
);

/** What a spread does, for a person who decides about it. */
export const spreadWords =
  'Each job gets a fixed time of its own after the old one. Its days and hours stay the same. A job whose old time has just passed ' +
  'runs again if its new time is in the future. Jobs with an interval, with a second of their own, or that run once keep their times.';
