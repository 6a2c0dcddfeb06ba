import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readAgain } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { ProgressButtons } from '../../../components/operation/progress-buttons.tsx';
import { ProgressReport } from '../../../components/operation/progress-report.tsx';
import {
  type SpreadSeconds,
  SpreadWindow,
  spreadWords,
} from '../../../components/operation/spread-window.tsx';
import { isTyped, TYPED_ABOVE, TypedNumber } from '../../../components/operation/typed-number.tsx';
import { useOperations } from '../../../components/operation/use-operation.ts';
import { ReasonField } from '../../../components/reason-field.tsx';
import { countOf } from '../../../time/format.ts';
import { isMoved, type SharedSchedule, spreadQuery, startSpread } from './requests.ts';
import { SpreadPlan } from './spread-plan.tsx';
import * as styles from './spread-plan.module.css';

type Props = { schedules: readonly SharedSchedule[]; onClose: () => void };

/** Asks how to spread the jobs of a herd, and then shows how far that has come. */
export const SpreadDialog = ({ schedules, onClose }: Props) => {
  const [within, setWithin] = useState<SpreadSeconds>('300');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const { data: plans, error, isPlaceholderData } = useQuery(spreadQuery(schedules, within));
  const moved = plans?.filter(isMoved) ?? [];
  const count = moved.reduce((sum, { matched }) => sum + matched.count, 0);
  const {
    mutate,
    data: started = [],
    isPending,
    error: startError,
  } = useMutation({
    mutationFn: () => startSpread(moved, within, reason),
  });
  const { progress, abort } = useOperations(started);
  const close = () => {
    void readAgain();
    onClose();
  };
  const isReady = count > 0 && !isPlaceholderData && (count <= TYPED_ABOVE || isTyped(count, typed));
  const asking = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!isReady || isPending} onClick={() => mutate()}>
        Spread
      </Button>
    </>
  );
  return (
    <Dialog
      title={
        plans === undefined
          ? 'Spread'
          : `Spread ${countOf(count, 'job')} over ${countOf(Number(within) / 60, 'minute')}`
      }
      onClose={close}
      footer={
        progress === undefined ? (
          asking
        ) : (
          <ProgressButtons progress={progress} abort={abort} onClose={close} />
        )
      }
    >
      {error !== null && <ErrorState title="The jobs could not be counted" error={error} />}
      {startError !== null && <ErrorState title="The operation did not start" error={startError} />}
      {progress === undefined ? (
        <>
          <SpreadWindow value={within} onChange={setWithin} />
          {plans !== undefined && <SpreadPlan plans={plans} />}
          <p className={styles.zone}>{spreadWords}</p>
          <ReasonField value={reason} onChange={setReason} />
          {count > TYPED_ABOVE && <TypedNumber wanted={count} typed={typed} onType={setTyped} />}
        </>
      ) : (
        <ProgressReport progress={progress} words={(done) => `${countOf(done, 'job')} spread`} />
      )}
    </Dialog>
  );
};
