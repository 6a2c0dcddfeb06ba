import type { Job } from '../../api/types.ts';
import { type BodyValue, emptyBody, toBodyValue } from '../../components/body-field/body-value.ts';
import { noRules, type RuleValues, toRuleValues } from './rule-values.ts';

export const HIDDEN = '[secret]';

export type HeaderRow = { id: number; name: string; value: string; isSecret: boolean };

/** The fields of the form as they are typed. */
export type FormValues = RuleValues & {
  name: string;
  key: string;
  description: string;
  group: string;
  tags: string;
  schedule: string;
  timeZone: string;
  runsOnce: boolean;
  method: Job['method'];
  api: string;
  headers: readonly HeaderRow[];
  body: BodyValue;
  type: Job['type'];
  maxRetryCount: string;
  timeoutMs: string;
  maxAgeSeconds: string;
  pauseAfterFailures: string;
  keepResponse: Job['keepResponse'];
  onFailure: string;
  onRecovery: string;
};

/** A new job: the defaults of the API. */
export const newJobValues = (timeZone: string): FormValues => ({
  name: '',
  key: '',
  description: '',
  group: '',
  tags: '',
  schedule: '',
  timeZone,
  runsOnce: false,
  method: 'POST',
  api: '',
  headers: [],
  body: emptyBody,
  type: 'AT_LEAST_ONCE',
  maxRetryCount: '3',
  timeoutMs: '30000',
  maxAgeSeconds: '',
  pauseAfterFailures: '',
  keepResponse: 'failures',
  onFailure: '',
  onRecovery: '',
  ...noRules,
});

const shown = (value: string | number | null): string => (value === null ? '' : String(value));

/** The form of a job that exists. */
export const toFormValues = (job: Job): FormValues => ({
  name: shown(job.name),
  key: shown(job.key),
  description: shown(job.description),
  group: shown(job.group),
  tags: job.tags.join(', '),
  schedule: job.schedule,
  timeZone: job.timeZone,
  runsOnce: !job.isRecurring,
  method: job.method,
  api: job.api,
  headers: Object.entries(job.headers).map(([name, value], id) => ({
    id,
    name,
    value,
    isSecret: job.secretHeaders.some((secret) => secret.toLowerCase() === name.toLowerCase()),
  })),
  body: toBodyValue(job.body),
  type: job.type,
  maxRetryCount: String(job.maxRetryCount),
  timeoutMs: String(job.timeoutMs),
  maxAgeSeconds: shown(job.maxAgeSeconds),
  pauseAfterFailures: shown(job.pauseAfterFailures),
  keepResponse: job.keepResponse,
  onFailure: shown(job.onFailure),
  onRecovery: shown(job.onRecovery),
  ...toRuleValues(job),
});

/** A second job like the first. It needs a key of its own, and the values of secrets, which cannot be read back. */
export function toDuplicateValues(job: Job): FormValues {
  const values = toFormValues(job);
  return {
    ...values,
    key: '',
    name: values.name === '' ? '' : `${values.name} (copy)`,
    headers: values.headers.map((row) => (row.value === HIDDEN ? { ...row, value: '' } : row)),
  };
}
