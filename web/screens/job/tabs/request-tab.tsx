import type { ReactNode } from 'react';
import type { Job } from '../../../api/types.ts';
import { RequestView } from '../../../components/request/request-view.tsx';
import { sentHeaders } from '../../../components/request/sent-request.ts';
import { formatDuration } from '../../../time/spans.ts';
import * as styles from './request-tab.module.css';

const classes = (values: readonly (string | number)[]): string => values.join(', ');

/** The request as it will be sent, and the rules of its attempts. Secret values are not readable, here or anywhere. */
export const RequestTab = ({ job }: { job: Job }) => (
  <div className={styles.request}>
    <RequestView request={job} headers={sentHeaders(job)} />
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

const Rule = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
