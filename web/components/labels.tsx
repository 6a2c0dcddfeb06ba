import { classNames } from './class-names.ts';
import * as styles from './labels.module.css';

type Props = {
  group: string | null;
  tags: readonly string[];
  /** How many tags show. The others are a number. @default all of them, in as many lines as they need */
  most?: number;
};

/** The group and the tags of a job. */
export const Labels = ({ group, tags, most = Infinity }: Props) => {
  const shown = tags.slice(0, most);
  return (
    <span
      className={classNames(styles.labels, most === Infinity && styles.all)}
      title={[...(group === null ? [] : [group]), ...tags].join(', ')}
    >
      {group !== null && <span className={styles.group}>{group}</span>}
      {shown.map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
        </span>
      ))}
      {shown.length < tags.length && <span className={styles.more}>+{tags.length - shown.length}</span>}
    </span>
  );
};
