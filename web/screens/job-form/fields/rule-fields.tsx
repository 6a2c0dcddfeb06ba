import { Choice } from '../../../components/choice.tsx';
import * as styles from '../job-form.module.css';
import { NO_STATUS, type RuleValues } from '../rule-values.ts';
import type { FieldGroup } from './field-group.ts';
import { TextFields, type TextOf } from './text-fields.tsx';

type Text = TextOf<Exclude<keyof RuleValues, 'retryKind'>>;

const jitter: Text = {
  name: 'jitter',
  field: 'retry.jitter',
  label: 'Jitter',
  hint: '0 to 1: the share by which a wait may be shorter',
};
const ofKind: Record<RuleValues['retryKind'], readonly Text[]> = {
  standard: [],
  backoff: [
    { name: 'initialMs', field: 'retry.initialMs', label: 'First wait in ms', hint: 'Empty: 1000' },
    {
      name: 'factor',
      field: 'retry.factor',
      label: 'Factor',
      hint: 'Multiplies each wait. Empty: 2',
    },
    { name: 'maxMs', field: 'retry.maxMs', label: 'Longest wait in ms', hint: 'Empty: 300000' },
    jitter,
  ],
  delays: [
    {
      name: 'delays',
      field: 'retry.delaysSeconds',
      label: 'Waits in s',
      hint: 'One for each retry, such as 5, 60, 600',
    },
    jitter,
  ],
};
const ofOutcome: readonly Text[] = [
  {
    name: 'stopOn',
    field: 'stopOn',
    label: 'No retry after the statuses',
    hint: `Such as 404, 5xx. Empty: 410. ${NO_STATUS}: retry after each`,
  },
  {
    name: 'successStatuses',
    field: 'success.statuses',
    label: 'Statuses of success',
    hint: 'Such as 2xx, 409. Empty: 2xx',
  },
  {
    name: 'successContains',
    field: 'success.contains',
    label: 'Text that the response must have',
    hint: 'Empty: any response',
  },
];

/** How long retries wait, and which responses count as success. */
export const RuleFields = ({ values, set, errors }: FieldGroup) => (
  <div className={styles.pair}>
    <Choice
      label="Waits between attempts"
      value={values.retryKind}
      options={[
        { value: 'standard', label: '1 s, 2 s, 4 s … 5 min' },
        { value: 'backoff', label: 'growing by a factor' },
        { value: 'delays', label: 'a list' },
      ]}
      error={errors.find(({ field }) => field === 'retry')?.message}
      onChange={(retryKind) => set({ retryKind })}
    />
    <TextFields
      texts={[...ofKind[values.retryKind], ...ofOutcome]}
      values={values}
      set={set}
      errors={errors}
    />
  </div>
);
