import { Button } from '../button.tsx';
import type { Progress } from './progress.ts';

type Props = {
  progress: Progress;
  /** Undefined while there is nothing to abort. */
  abort: (() => void) | undefined;
  onClose: () => void;
};

/** The buttons of a dialog that shows how far an action has come. */
export const ProgressButtons = ({ progress, abort, onClose }: Props) => (
  <>
    {abort !== undefined && <Button onClick={abort}>Abort</Button>}
    <Button look="primary" onClick={onClose}>
      {progress.state === 'RUNNING' ? 'Close, it continues' : 'Close'}
    </Button>
  </>
);
