import { useId } from 'react';
import { CheckBox } from '../../../components/check-box.tsx';
import { Field } from '../../../components/field.tsx';
import { Panel } from '../../../components/panel.tsx';
import * as styles from '../job-form.module.css';
import { errorOf } from '../job-fields.ts';
import type { FieldGroup } from './field-group.ts';
import { usePreviewErrors } from './use-preview-errors.ts';

const zones = Intl.supportedValuesOf('timeZone');

/** When the job runs. A wrong schedule shows while it is typed. */
export const ScheduleFields = ({ values, set, errors }: FieldGroup) => {
  const list = useId();
  const typed = usePreviewErrors(values.schedule, values.timeZone);
  const all = [...typed, ...errors];
  return (
    <Panel title="Schedule">
      <div className={styles.fields}>
        <Field
          label="Schedule"
          required
          value={values.schedule}
          placeholder="0 9 * * MON-FRI"
          hint={
            <>
              A cron such as <code>*/5 * * * *</code>, an interval such as <code>@every 90s</code>, or an
              instant such as <code>2031-05-01T12:00</code>
            </>
          }
          error={errorOf(all, 'schedule')}
          onChange={({ target }) => set({ schedule: target.value })}
        />
        <Field
          label="Time zone"
          list={list}
          value={values.timeZone}
          error={errorOf(all, 'timeZone')}
          onChange={({ target }) => set({ timeZone: target.value })}
        />
        <datalist id={list}>
          {['UTC', ...zones].map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <CheckBox
          label="Runs once, at its next time"
          isChecked={values.runsOnce}
          onChange={(runsOnce) => set({ runsOnce })}
        />
      </div>
    </Panel>
  );
};
