import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import * as styles from './conflict-dialog.module.css';
import { changedFields } from './job-fields.ts';

type Fields = Record<string, unknown>;

type Props = {
  /** The job when the form was opened, as it is now, and as the form has it. */
  opened: Fields;
  theirs: Fields;
  mine: Fields;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
  onClose: () => void;
};

const show = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '–'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** Shows what changed since the form was opened, next to the changes of the form, and lets one of both be chosen. */
export const ConflictDialog = ({ opened, theirs, mine, onKeepMine, onTakeTheirs, onClose }: Props) => {
  const changedByMe = changedFields(mine, opened);
  const changedByThem = changedFields(theirs, opened);
  const names = [...new Set([...Object.keys(changedByThem), ...Object.keys(changedByMe)])];
  return (
    <Dialog
      title="The job was changed in the meantime"
      isWide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Continue editing</Button>
          <Button onClick={onTakeTheirs}>Take the other change</Button>
          <Button look="primary" onClick={onKeepMine}>
            Save mine
          </Button>
        </>
      }
    >
      <p>
        Saving yours changes only the fields that you changed. A field that both changed gets your value; the
        other fields keep theirs.
      </p>
      <div className={styles.frame} role="region" aria-label="The changes" tabIndex={0}>
        <table className={styles.fields}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">When you opened it</th>
              <th scope="col">Now</th>
              <th scope="col">Yours</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <Value value={opened[name]} />
                <Value value={theirs[name]} isChanged={name in changedByThem} />
                <Value value={mine[name]} isChanged={name in changedByMe} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {names.length === 0 && <p>It differs in no field of this form.</p>}
    </Dialog>
  );
};

const Value = ({ value, isChanged = false }: { value: unknown; isChanged?: boolean }) => (
  <td className={isChanged ? styles.changed : undefined}>
    <div className={styles.value}>{show(value)}</div>
  </td>
);
