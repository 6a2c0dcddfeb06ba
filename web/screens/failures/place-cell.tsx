import { Link } from '@tanstack/react-router';
import type { FailureGroup } from '../../api/types.ts';
import { messageOf, placeOf } from '../../components/cause-words.ts';
import * as styles from './place-cell.module.css';

/** Where executions fail, with the message below. */
export const PlaceCell = ({ group }: { group: FailureGroup }) => (
  <div className={styles.cell}>
    <Link
      to="/failures/$id"
      params={{ id: String(group.id) }}
      className={styles.place}
      title={placeOf(group)}
    >
      {placeOf(group)}
    </Link>
    <span className={styles.message} title={messageOf(group)}>
      {group.message === '' ? 'No message' : messageOf(group)}
    </span>
  </div>
);
