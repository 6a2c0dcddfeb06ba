import { Choice } from '../../../components/choice.tsx';
import { Panel } from '../../../components/panel.tsx';
import { countOf } from '../../../time/format.ts';
import * as styles from '../job-form.module.css';
import { errorOf } from '../job-fields.ts';
import type { FieldGroup } from './field-group.ts';
import { RuleFields } from './rule-fields.tsx';
import { TextFields } from './text-fields.tsx';

const texts = [
  { name: 'maxRetryCount', label: 'Retries' },
  { name: 'timeoutMs', label: 'Timeout in ms' },
  { name: 'maxAgeSeconds', label: 'No attempt later than, in s', hint: 'Empty: no limit' },
  { name: 'pauseAfterFailures', label: 'Pause after failures in a row', hint: 'Empty: never' },
  { name: 'onFailure', label: 'Report failures to', hint: 'A URL. Empty: the deployment’s, if it has one' },
  {
    name: 'onRecovery',
    label: 'Report recoveries to',
    hint: 'A URL. Empty: the deployment’s, if it has one',
  },
] as const;

/** How the request is repeated, judged and reported. It is folded, for its defaults suit most jobs. */
export const AttemptFields = ({ values, set, errors }: FieldGroup) => {
  const names: string[] = [
    ...texts.map(({ name }) => name),
    'type',
    'keepResponse',
    'retry',
    'stopOn',
    'success',
  ];
  const isWrong = errorOf(errors, ...names) !== undefined;
  return (
    <Panel title="Attempts and reports">
      <details className={styles.more} {...(isWrong && { open: true })}>
        <summary>
          {values.type === 'AT_LEAST_ONCE'
            ? `At least once, ${values.retryKind === 'delays' ? 'a list of retries' : countOf(Number(values.maxRetryCount), 'retry', 'retries')}`
            : 'At most once, no retry'}
        </summary>
        <div className={styles.fields}>
          <div className={styles.pair}>
            <Choice
              label="Delivery"
              value={values.type}
              options={[
                { value: 'AT_LEAST_ONCE', label: 'At least once' },
                { value: 'AT_MOST_ONCE', label: 'At most once' },
              ]}
              error={errorOf(errors, 'type')}
              onChange={(type) => set({ type, ...(type === 'AT_MOST_ONCE' && { maxRetryCount: '0' }) })}
            />
            <Choice
              label="Keep responses"
              value={values.keepResponse}
              options={[
                { value: 'failures', label: 'of failures' },
                { value: 'always', label: 'always' },
                { value: 'never', label: 'never' },
              ]}
              error={errorOf(errors, 'keepResponse')}
              onChange={(keepResponse) => set({ keepResponse })}
            />
            <TextFields
              texts={texts.filter(({ name }) => name !== 'maxRetryCount' || values.retryKind !== 'delays')}
              values={values}
              set={set}
              errors={errors}
            />
          </div>
          <RuleFields values={values} set={set} errors={errors} />
        </div>
      </details>
    </Panel>
  );
};
