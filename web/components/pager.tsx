import { type ListRequest, toCommand } from '../api/command.ts';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { copy } from './copy.ts';
import * as styles from './pager.module.css';

type Props = {
  /**
   * What is on the page, such as `50 jobs`. There is no total: counting would take longer than the page. Undefined while it is read:
   * the place below the rows is not known then.
   */
  children: string | undefined;
  isFirst: boolean;
  nextCursor: string | null | undefined;
  onFirst: () => void;
  onBack: () => void;
  onNext: (cursor: string) => void;
  /** The request of the page, to be copied as a command. */
  request?: () => ListRequest;
};

/** Leads through a list that is read by cursors. */
export const Pager = ({ children, isFirst, nextCursor, onFirst, onBack, onNext, request }: Props) => (
  <nav className={classNames(styles.pager, children === undefined && styles.waiting)} aria-label="Pages">
    <p role="status">{children}</p>
    <div className={styles.buttons}>
      {request !== undefined && (
        <Button look="quiet" icon="copy" onClick={() => void copy(toCommand(request()))}>
          Copy as curl
        </Button>
      )}
      {(!isFirst || typeof nextCursor === 'string') && (
        <>
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
        </>
      )}
    </div>
  </nav>
);
