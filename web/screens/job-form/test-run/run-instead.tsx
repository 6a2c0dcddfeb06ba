import { Link } from '@tanstack/react-router';
import * as styles from './run-instead.module.css';

/** Leads from a form to a run of the stored job: only it has the values of the secrets. */
export const RunInstead = ({ jobId }: { jobId: number }) => (
  <p className={styles.note}>
    Secrets cannot be read back, so a form cannot test with them.{' '}
    <Link to="/jobs/$id" params={{ id: String(jobId) }} search={{ open: 'run' }}>
      Run the stored job now
    </Link>
    , with a body of your own if you like.
  </p>
);
