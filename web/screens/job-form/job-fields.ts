import { readBody } from '../../components/body-field/body-value.ts';
import type { FormValues } from './form-values.ts';
import { toRules } from './rule-values.ts';

export type FieldErrors = readonly { field: string; message: string }[];

export type JobFields = { fields: Record<string, unknown>; errors: FieldErrors };

/** The form as the fields of a job, and what cannot even be sent. The API judges the rest. */
export function toJobFields(values: FormValues): JobFields {
  const errors: { field: string; message: string }[] = [];
  const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
  const number = (field: string, text: string): number | null => {
    if (text.trim() === '') return null;
    if (!/^\d{1,12}$/.test(text.trim())) errors.push({ field, message: 'must be an integer' });
    return Number(text);
  };
  const body = readBody(values.body);
  if (body.error !== undefined) errors.push({ field: 'body', message: body.error });
  const rules = toRules(values, (field, message) => errors.push({ field, message }));
  const headers = values.headers.filter(({ name }) => name.trim() !== '');
  const fields = {
    name: orNull(values.name),
    key: orNull(values.key),
    description: orNull(values.description),
    group: orNull(values.group),
    tags: values.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    schedule: values.schedule.trim(),
    timeZone: values.timeZone.trim(),
    isRecurring: !values.runsOnce,
    method: values.method,
    api: values.api.trim(),
    headers: Object.fromEntries(headers.map(({ name, value }) => [name.trim(), value])),
    secretHeaders: headers.filter(({ isSecret }) => isSecret).map(({ name }) => name.trim()),
    body: body.value ?? null,
    type: values.type,
    // A list has a wait for each retry, and so their number.
    ...(values.retryKind !== 'delays' && {
      maxRetryCount: number('maxRetryCount', values.maxRetryCount) ?? 0,
    }),
    timeoutMs: number('timeoutMs', values.timeoutMs),
    maxAgeSeconds: number('maxAgeSeconds', values.maxAgeSeconds),
    pauseAfterFailures: number('pauseAfterFailures', values.pauseAfterFailures),
    keepResponse: values.keepResponse,
    onFailure: orNull(values.onFailure),
    onRecovery: orNull(values.onRecovery),
    ...rules,
  };
  return { fields, errors };
}

/** The fields that differ from others. Fields that a form leaves as they are take no part in a change. */
export const changedFields = (
  fields: Record<string, unknown>,
  others: Record<string, unknown>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(others[name])),
  );

/** The error of a field, or of a part of it, such as `headers.X-Tag`. */
export function errorOf(errors: FieldErrors, ...names: string[]): string | undefined {
  const found = errors.find(({ field }) =>
    names.some((name) => field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`)),
  );
  if (found === undefined) return undefined;
  return names.includes(found.field) ? found.message : `${found.field} ${found.message}`;
}

/** The names of the fields that the form shows. Errors of others show above it. */
export const shownFields: readonly string[] = [
  'name',
  'key',
  'description',
  'group',
  'tags',
  'schedule',
  'timeZone',
  'isRecurring',
  'method',
  'api',
  'headers',
  'secretHeaders',
  'body',
  'type',
  'maxRetryCount',
  'timeoutMs',
  'maxAgeSeconds',
  'pauseAfterFailures',
  'keepResponse',
  'onFailure',
  'onRecovery',
  'retry',
  'stopOn',
  'success',
];
