import type { ReactNode } from 'react';
import type { Job } from '../../../api/types.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { formatDuration } from '../../../time/spans.ts';
import { bodyText, sentHeaders } from './sent-request.ts';
import * as styles from './request-tab.module.css';

const classes = (values: readonly (string | number)[]): string => values.join(', ');

/** The request as it will be sent, and the rules of its attempts. Secret values are not readable, here or anywhere. */
export const RequestTab = ({ job }: { job: Job }) => {
  const body = bodyText(job);
  return (
    <div className={styles.request}>
      <section className={styles.message} aria-label="Request">
        <p className={styles.line}>
          <code>
            <strong>{job.method}</strong> {job.api}
          </code>
          <CopyButton text={job.api} label="Copy the URL" />
        </p>
        <dl className={styles.headers}>
          {sentHeaders(job).map(({ name, value, origin }) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd className={origin === 'belfry' ? styles.added : undefined}>
                {origin === 'belfry' ? value : <code>{value}</code>}
              </dd>
            </div>
          ))}
        </dl>
        {body === undefined ? (
          <p className={styles.added}>No body</p>
        ) : (
          <div className={styles.body}>
            <pre tabIndex={0} aria-label="Body">
              {body}
            </pre>
            <CopyButton text={body} label="Copy the body" />
          </div>
        )}
      </section>
      <dl className={styles.rules}>
        <Rule name="Delivery">{job.type === 'AT_LEAST_ONCE' ? 'at least once' : 'at most once'}</Rule>
        <Rule name="Retries">
          {job.maxRetryCount === 0
            ? 'none'
            : `${job.maxRetryCount}, which wait ${formatDuration(job.retriesLastSeconds.max * 1_000)} in all`}
        </Rule>
        <Rule name="Timeout">{formatDuration(job.timeoutMs)}</Rule>
        <Rule name="Success">
          {job.success === null ? '2xx' : classes(job.success.statuses)}
          {job.success?.contains ? `, with “${job.success.contains}” in the body` : ''}
        </Rule>
        {job.stopOn !== null && <Rule name="No retry after">{classes(job.stopOn) || 'no status'}</Rule>}
        {job.maxAgeSeconds !== null && (
          <Rule name="Not later than">{formatDuration(job.maxAgeSeconds * 1_000)}</Rule>
        )}
        <Rule name="Responses kept">{job.keepResponse}</Rule>
        {job.pauseAfterFailures !== null && (
          <Rule name="Pauses after">{job.pauseAfterFailures} failures in a row</Rule>
        )}
        {job.onFailure !== null && <Rule name="Reports failures to">{job.onFailure}</Rule>}
        {job.onRecovery !== null && <Rule name="Reports recoveries to">{job.onRecovery}</Rule>}
      </dl>
    </div>
  );
};

const Rule = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
