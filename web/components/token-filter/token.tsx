import { Icon } from '../icon.tsx';
import * as styles from './token-filter.module.css';

/** A condition that is set. */
export const Token = ({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }) => (
  <li className={styles.token}>
    <span className={styles.name}>{name}:</span>
    <span className={styles.value}>{value}</span>
    <button type="button" aria-label={`Remove ${name}: ${value}`} onClick={onRemove}>
      <Icon name="close" />
    </button>
  </li>
);
