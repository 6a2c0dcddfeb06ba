import * as styles from './command.module.css';
import { CopyButton } from './copy-button.tsx';

/** A command to paste into a terminal. */
export const Command = ({ text }: { text: string }) => (
  <div className={styles.command}>
    <pre tabIndex={0}>{text}</pre>
    <CopyButton text={text} label="Copy the command" />
  </div>
);
