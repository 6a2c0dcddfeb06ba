import { Link } from '@tanstack/react-router';
import type { AuditEntry } from '../../api/types.ts';
import * as styles from './activity.module.css';

const kinds = {
  API_KEY: 'API key',
  COMMAND_LINE: 'Command',
  DEPLOYMENT: 'Deployment',
  BELFRY: 'Belfry, by a rule',
} as const;

/** The maker of a change. The name of a key leads to all its changes. */
export const ActorCell = ({ actor }: { actor: AuditEntry['actor'] }) => {
  if (actor === null) return <span className={styles.quiet}>Unknown</span>;
  const name = actor.name ?? 'Without a name';
  return (
    <span className={styles.two}>
      {actor.type === 'API_KEY' && actor.id !== undefined ? (
        <Link to="/activity" search={{ by: String(actor.id) }} className={styles.link} title={name}>
          {name}
        </Link>
      ) : (
        <span title={name}>{name}</span>
      )}
      <span className={styles.quiet}>{kinds[actor.type]}</span>
    </span>
  );
};
