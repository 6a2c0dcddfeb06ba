import { Button } from './button.tsx';
import * as styles from './pager.module.css';

type Props = {
  /** What is on the page, such as `50 jobs`. There is no total: counting would take longer than the page. */
  children: string;
  isFirst: boolean;
  nextCursor: string | null | undefined;
  onFirst: () => void;
  onBack: () => void;
  onNext: (cursor: string) => void;
};

/** Leads through a list that is read by cursors. */
export const Pager = ({ children, isFirst, nextCursor, onFirst, onBack, onNext }: Props) => (
  <nav className={styles.pager} aria-label="Pages">
    <p role="status">{children}</p>
    {(!isFirst || typeof nextCursor === 'string') && (
      <div className={styles.buttons}>
        <Button look="quiet" disabled={isFirst} onClick={onFirst}>
          First page
        </Button>
        <Button icon="left" disabled={isFirst} onClick={onBack}>
          Previous
        </Button>
        <Button
          disabled={typeof nextCursor !== 'string'}
          onClick={() => typeof nextCursor === 'string' && onNext(nextCursor)}
        >
          Next
        </Button>
      </div>
    )}
  </nav>
);
