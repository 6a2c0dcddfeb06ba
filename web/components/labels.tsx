import * as styles from './labels.module.css';

/** The group and the tags of a job. */
export const Labels = ({ group, tags }: { group: string | null; tags: readonly string[] }) => (
  <span className={styles.labels} title={[...(group === null ? [] : [group]), ...tags].join(', ')}>
    {group !== null && <span className={styles.group}>{group}</span>}
    {tags.map((tag) => (
      <span key={tag} className={styles.tag}>
        {tag}
      </span>
    ))}
  </span>
);
