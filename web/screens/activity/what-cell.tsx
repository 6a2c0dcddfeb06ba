import { Link } from '@tanstack/react-router';
import type { AuditEntry, NamedJob } from '../../api/types.ts';
import { classNames } from '../../components/class-names.ts';
import { jobName } from '../../components/job-name.ts';
import * as styles from './activity.module.css';
import { actionWords } from './search.ts';

/** What was done, to what, and why. */
export const WhatCell = ({ entry, job }: { entry: AuditEntry; job: NamedJob | undefined }) => (
  <span className={classNames(styles.two, styles.what)}>
    <span className={styles.action}>{actionWords[entry.action]}</span>
    <Subject entry={entry} job={job} />
    {entry.reason !== null && (
      <q className={styles.reason} dir="auto">
        {entry.reason}
      </q>
    )}
  </span>
);

const Subject = ({
  entry: { subject, before, after },
  job,
}: {
  entry: AuditEntry;
  job: NamedJob | undefined;
}) => {
  const id = String(subject.id);
  if (subject.type === 'job') {
    const name = job === undefined ? `Job ${id}` : jobName(job);
    return (
      <span className={styles.subject}>
        <Link to="/jobs/$id" params={{ id }} className={styles.link} title={name}>
          {name}
        </Link>
        <Link
          to="/activity"
          search={{ job: id }}
          className={styles.quietLink}
          aria-label={`all changes of ${name}`}
        >
          all changes
        </Link>
      </span>
    );
  }
  if (subject.type === 'failureGroup') {
    return (
      <Link to="/failures/$id" params={{ id }} className={styles.link}>
        Failure group {id}
      </Link>
    );
  }
  if (subject.type === 'operation') return <span className={styles.quiet}>Operation {id}</span>;
  const name = after?.['name'] ?? before?.['name'];
  return <span className={styles.quiet}>{typeof name === 'string' ? name : `Signing key ${id}`}</span>;
};
