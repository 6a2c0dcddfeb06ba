import { Field } from '../../../components/field.tsx';
import { Panel } from '../../../components/panel.tsx';
import { TextArea } from '../../../components/text-area.tsx';
import * as styles from '../job-form.module.css';
import { errorOf } from '../job-fields.ts';
import type { FieldGroup } from './field-group.ts';

/** What the job is called and where it belongs. */
export const LabelFields = ({ values, set, errors }: FieldGroup) => (
  <Panel title="Names">
    <div className={styles.fields}>
      <div className={styles.pair}>
        <Field
          label="Name"
          value={values.name}
          hint="For people. You may leave it out."
          error={errorOf(errors, 'name')}
          onChange={({ target }) => set({ name: target.value })}
        />
        <Field
          label="Key"
          value={values.key}
          hint="Only one job has it, so that scripts find the job again."
          error={errorOf(errors, 'key')}
          onChange={({ target }) => set({ key: target.value })}
        />
        <Field
          label="Group"
          value={values.group}
          error={errorOf(errors, 'group')}
          onChange={({ target }) => set({ group: target.value })}
        />
        <Field
          label="Tags"
          value={values.tags}
          placeholder="nightly, eu"
          error={errorOf(errors, 'tags')}
          onChange={({ target }) => set({ tags: target.value })}
        />
      </div>
      <TextArea
        label="Description"
        rows={2}
        value={values.description}
        error={errorOf(errors, 'description')}
        onChange={({ target }) => set({ description: target.value })}
      />
    </div>
  </Panel>
);
