import type { Job } from '../../api/types.ts';

export type RetryKind = 'standard' | 'backoff' | 'delays';

/** How retries wait and what counts as success, as they are typed. */
export type RuleValues = {
  retryKind: RetryKind;
  initialMs: string;
  factor: string;
  maxMs: string;
  jitter: string;
  delays: string;
  stopOn: string;
  successStatuses: string;
  successContains: string;
};

export const noRules: RuleValues = {
  retryKind: 'standard',
  initialMs: '',
  factor: '',
  maxMs: '',
  jitter: '',
  delays: '',
  stopOn: '',
  successStatuses: '',
  successContains: '',
};

/** No status, which differs from the default. */
export const NO_STATUS = 'none';

const shown = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value);
const listed = (values: readonly (string | number)[] | undefined): string => values?.join(', ') ?? '';

/** The rules of a job that exists. */
export function toRuleValues({ retry, stopOn, success }: Job): RuleValues {
  const isDelays = retry !== null && 'delaysSeconds' in retry;
  return {
    ...noRules,
    retryKind: retry === null ? 'standard' : isDelays ? 'delays' : 'backoff',
    ...(retry !== null &&
      !isDelays && {
        initialMs: shown(retry.initialMs),
        factor: shown(retry.factor),
        maxMs: shown(retry.maxMs),
      }),
    jitter: shown(retry?.jitter),
    delays: isDelays ? listed(retry.delaysSeconds) : '',
    stopOn: stopOn?.length === 0 ? NO_STATUS : listed(stopOn ?? undefined),
    successStatuses: listed(success?.statuses),
    successContains: shown(success?.contains),
  };
}

type Fault = (field: string, message: string) => void;

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');
const statusOf = (word: string): number | string =>
  /^\d{3}$/.test(word) ? Number(word) : word.toLowerCase();

/** The rules as fields of a job. The API judges the values; only what is not a number is refused here. */
export function toRules(values: RuleValues, fault: Fault): Record<'retry' | 'stopOn' | 'success', unknown> {
  const number = (name: string, text: string): Record<string, number> => {
    if (text.trim() === '') return {};
    const value = Number(text);
    if (Number.isNaN(value)) fault(`retry.${name}`, 'must be a number');
    return { [name]: value };
  };
  const jitter = () => number('jitter', values.jitter);
  const retry = () => {
    if (values.retryKind === 'standard') return null;
    if (values.retryKind === 'delays') {
      const delaysSeconds = wordsOf(values.delays).map(Number);
      if (delaysSeconds.some(Number.isNaN))
        fault('retry.delaysSeconds', 'must be numbers, separated by commas');
      return { delaysSeconds, ...jitter() };
    }
    return {
      ...number('initialMs', values.initialMs),
      ...number('factor', values.factor),
      ...number('maxMs', values.maxMs),
      ...jitter(),
    };
  };
  const statuses = wordsOf(values.successStatuses).map(statusOf);
  const contains = values.successContains;
  const stops = wordsOf(values.stopOn).map(statusOf);
  return {
    retry: retry(),
    stopOn: values.stopOn.trim().toLowerCase() === NO_STATUS ? [] : stops.length === 0 ? null : stops,
    success:
      statuses.length === 0 && contains === ''
        ? null
        : { ...(statuses.length > 0 && { statuses }), ...(contains !== '' && { contains }) },
  };
}
