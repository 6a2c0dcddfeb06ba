import { Segmented } from '../segmented.tsx';
import { TextArea } from '../text-area.tsx';
import * as styles from './body-field.module.css';
import { type BodyKind, type BodyValue } from './body-value.ts';

type Props = { value: BodyValue; onChange: (value: BodyValue) => void; error?: string | undefined };

const kinds: readonly { value: BodyKind; label: string; title: string }[] = [
  { value: 'none', label: 'None', title: 'The request has no body' },
  { value: 'json', label: 'JSON', title: 'Sent as JSON, with that content type' },
  { value: 'text', label: 'Text', title: 'Sent unchanged' },
];

/** The body of a request: none, a JSON value, or text. */
export const BodyField = ({ value, onChange, error }: Props) => (
  <div className={styles.body}>
    <div className={styles.kind}>
      <span aria-hidden="true">Body</span>
      <Segmented
        label="Kind of body"
        value={value.kind}
        options={kinds}
        onChange={(kind) => onChange({ ...value, kind })}
      />
    </div>
    {value.kind !== 'none' && (
      <TextArea
        label={value.kind === 'json' ? 'JSON' : 'Text'}
        isCode
        rows={6}
        value={value.text}
        error={error}
        onChange={({ target }) => onChange({ ...value, text: target.value })}
      />
    )}
    {value.kind === 'none' && error !== undefined && <p className={styles.error}>{error}</p>}
  </div>
);
