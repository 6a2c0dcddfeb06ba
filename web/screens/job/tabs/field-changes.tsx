import * as styles from './field-changes.module.css';

type Values = Record<string, unknown> | null;

const MAX_SHOWN = 120;

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** The fields of a change, with their values before and after. A creation is folded: its fields are the job. */
export const FieldChanges = ({ before, after }: { before: Values; after: Values }) => {
  if (before === null || after === null) return <span className={styles.none}>–</span>;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return (
    <ul className={styles.changes}>
      {names.map((name) => (
        <li key={name}>
          <code>{name}</code> <del>{show(before[name])}</del> <ins>{show(after[name])}</ins>
        </li>
      ))}
    </ul>
  );
};
