import type { AuditEntry } from '../../api/types.ts';
import { countOf } from '../../time/format.ts';
import * as styles from './activity.module.css';
import { type Change, changesOf } from './changes.ts';

/** As many differences show at once; more are folded. */
const SHOWN = 3;

/** What an entry changed, field by field: removed values are struck out, and new ones follow. */
export const Difference = ({ entry }: { entry: AuditEntry }) => {
  const changes = changesOf(entry);
  if (changes.length === 0) return <span className={styles.quiet}>–</span>;
  if (changes.length <= SHOWN) return <Changes changes={changes} />;
  return (
    <details className={styles.more}>
      <summary>{countOf(changes.length, 'field')}</summary>
      <Changes changes={changes} />
    </details>
  );
};

const Changes = ({ changes }: { changes: readonly Change[] }) => (
  <dl className={styles.changes}>
    {changes.map(({ field, before, after }) => (
      <div key={field}>
        <dt>{field}</dt>
        <dd>
          {before !== undefined && <del dir="auto">{before}</del>}
          {after !== undefined && <ins dir="auto">{after}</ins>}
          {after === undefined && <span className={styles.quiet}>nothing</span>}
        </dd>
      </div>
    ))}
  </dl>
);
