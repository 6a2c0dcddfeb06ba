import type { ReactNode } from 'react';
import { readAgain } from '../../api/queries.ts';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { ErrorState } from '../error-state.tsx';
import { ProgressButtons } from './progress-buttons.tsx';
import { ProgressReport } from './progress-report.tsx';
import type { Progress } from './progress.ts';

type Props = {
  title: string;
  /** The button that starts the operation. */
  start: { label: string; isDangerous: boolean; isReady: boolean; run: () => void };
  /** How far the operation has come; undefined before it has started. */
  progress: Progress | undefined;
  /** Undefined while there is nothing to abort. */
  abort: (() => void) | undefined;
  /** What has failed, with the title that it is shown under. */
  failures: readonly (readonly [title: string, error: Error | null])[];
  /** Says what has been done so far. */
  words: (done: number) => string;
  onClose: () => void;
  /** The form that asks for the operation. */
  children: ReactNode;
};

/** Asks for an operation, and then shows how far it has come. */
export const OperationDialog = (props: Props) => {
  const { title, start, progress, abort, failures, words, onClose, children } = props;
  const close = () => {
    void readAgain();
    onClose();
  };
  const buttons =
    progress === undefined ? (
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button look={start.isDangerous ? 'danger' : 'primary'} disabled={!start.isReady} onClick={start.run}>
          {start.label}
        </Button>
      </>
    ) : (
      <ProgressButtons progress={progress} abort={abort} onClose={close} />
    );
  return (
    <Dialog title={title} onClose={close} footer={buttons}>
      {failures.map(
        ([failed, error]) => error !== null && <ErrorState key={failed} title={failed} error={error} />,
      )}
      {progress === undefined ? children : <ProgressReport progress={progress} words={words} />}
    </Dialog>
  );
};
