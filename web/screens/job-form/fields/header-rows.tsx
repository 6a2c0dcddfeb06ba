import { Button } from '../../../components/button.tsx';
import * as field from '../../../components/field.module.css';
import { IconButton } from '../../../components/icon-button.tsx';
import { HIDDEN, type HeaderRow } from '../form-values.ts';
import * as styles from './header-rows.module.css';

type Props = {
  rows: readonly HeaderRow[];
  onChange: (rows: readonly HeaderRow[]) => void;
  error: string | undefined;
};

/** The headers of the request, a row each. The value of a stored secret cannot be read, only replaced. */
export const HeaderRows = ({ rows, onChange, error }: Props) => {
  const set = (id: number, changes: Partial<HeaderRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...changes } : row)));
  const add = () =>
    onChange([
      ...rows,
      { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, name: '', value: '', isSecret: false },
    ]);
  return (
    <fieldset className={styles.headers}>
      <legend>Headers</legend>
      {rows.map((row, index) => (
        <div key={row.id} className={styles.row}>
          <input
            aria-label={`Name of header ${index + 1}`}
            placeholder="Name"
            autoComplete="off"
            spellCheck={false}
            value={row.name}
            onChange={({ target }) => set(row.id, { name: target.value })}
          />
          <input
            aria-label={`Value of header ${index + 1}`}
            placeholder="Value"
            autoComplete="off"
            spellCheck={false}
            value={row.value}
            onFocus={({ target }) => row.value === HIDDEN && target.select()}
            onChange={({ target }) => set(row.id, { value: target.value })}
          />
          <label className={styles.secret}>
            <input
              type="checkbox"
              checked={row.isSecret}
              onChange={({ target }) => set(row.id, { isSecret: target.checked })}
            />
            Secret
          </label>
          <IconButton
            icon="trash"
            label={`Remove header ${index + 1}`}
            onClick={() => onChange(rows.filter(({ id }) => id !== row.id))}
          />
        </div>
      ))}
      <div>
        <Button icon="plus" onClick={add}>
          Add a header
        </Button>
      </div>
      <p className={field.hint}>
        Secret values are encrypted and never shown again. <code>Authorization</code>, <code>Cookie</code> and
        names such as <code>…-Token</code> and <code>…-Key</code> always are.
        {rows.some(({ value }) => value === HIDDEN) && ` “${HIDDEN}” keeps the stored value.`}
      </p>
      {error !== undefined && <p className={field.error}>{error}</p>}
    </fieldset>
  );
};
