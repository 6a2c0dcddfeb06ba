import { Link } from '@tanstack/react-router';
import type { Group } from '../../api/types.ts';
import { Panel } from '../../components/panel.tsx';
import { shareWords } from '../../components/share-bar.tsx';
import { countOf, formatCount } from '../../time/format.ts';
import * as styles from './lists.module.css';
import { DEFAULT_SPAN, type Span, spans } from './spans.ts';

type Props = {
  /** The groups with failures, the largest share first. */
  groups: readonly Group[] | undefined;
  span: Span;
};

/** The share of failed executions of each group, as bars of one scale. */
export const FailureShares = ({ groups, span }: Props) => {
  const { words } = spans[span];
  return (
    <Panel
      title="Failure share by group"
      aside={
        <Link
          to="/groups"
          search={{ order: 'worst', ...(span !== DEFAULT_SPAN && { span }) }}
          className={styles.all}
        >
          Groups
        </Link>
      }
    >
      {groups?.length === 0 ? (
        <p className={styles.none}>No group has a failed execution in {words}.</p>
      ) : (
        <ol className={styles.list} aria-busy={groups === undefined}>
          {groups?.map(({ group, outcomes, failureShare }) => {
            const { failed = 0, succeeded = 0 } = outcomes?.executions ?? {};
            return (
              <li key={group} className={styles.bar}>
                <span className={styles.run}>
                  <Link to="/jobs" search={{ group }} className={styles.name}>
                    {group}
                  </Link>
                  <span>{shareWords(failureShare ?? 0)}</span>
                </span>
                <progress className={styles.share} max={1} value={failureShare ?? 0} aria-label={group} />
                <span className={styles.note}>
                  {formatCount(failed)} of {countOf(failed + succeeded, 'execution')} failed in {words}
                </span>
              </li>
            );
          })}
        </ol>
      )}
    </Panel>
  );
};
