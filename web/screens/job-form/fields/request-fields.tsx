import type { Job } from '../../../api/types.ts';
import { BodyField } from '../../../components/body-field/body-field.tsx';
import { Choice } from '../../../components/choice.tsx';
import { Field } from '../../../components/field.tsx';
import { Panel } from '../../../components/panel.tsx';
import * as styles from '../job-form.module.css';
import { errorOf } from '../job-fields.ts';
import type { FieldGroup } from './field-group.ts';
import { HeaderRows } from './header-rows.tsx';

const methods: readonly Job['method'][] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The request that the job sends. */
export const RequestFields = ({ values, set, errors }: FieldGroup) => (
  <Panel title="Request">
    <div className={styles.fields}>
      <div className={styles.target}>
        <Choice
          label="Method"
          value={values.method}
          options={methods.map((method) => ({ value: method, label: method }))}
          error={errorOf(errors, 'method')}
          onChange={(method) => set({ method })}
        />
        <Field
          label="URL"
          required
          inputMode="url"
          placeholder="https://example.com/hook"
          value={values.api}
          error={errorOf(errors, 'api')}
          onChange={({ target }) => set({ api: target.value })}
        />
      </div>
      <HeaderRows
        rows={values.headers}
        onChange={(headers) => set({ headers })}
        error={errorOf(errors, 'headers', 'secretHeaders')}
      />
      <BodyField value={values.body} onChange={(body) => set({ body })} error={errorOf(errors, 'body')} />
    </div>
  </Panel>
);
