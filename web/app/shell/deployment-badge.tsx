import * as styles from './deployment-badge.module.css';
import { classNames } from '../../components/class-names.ts';

/** The name of the deployment. A production is red, so that no one takes it for a test. */
export const DeploymentBadge = ({ name }: { name: string | null }) => {
  const shown = name ?? 'local';
  const kind = /prod/i.test(shown) ? styles.production : name === null ? styles.local : styles.other;
  return (
    <span className={classNames(styles.badge, kind)} title={`Deployment: ${shown}`}>
      {shown}
    </span>
  );
};
