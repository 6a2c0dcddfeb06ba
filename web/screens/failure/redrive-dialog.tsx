import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../api/queries.ts';
import type { FailureGroup } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ProgressButtons } from '../../components/operation/progress-buttons.tsx';
import { ProgressReport } from '../../components/operation/progress-report.tsx';
import { isTyped, TYPED_ABOVE } from '../../components/operation/typed-number.tsx';
import { useOperation } from '../../components/operation/use-operation.ts';
import { redriveCountQuery, startRedrive } from './queries.ts';
import { countExecutions, RedriveForm, type RedriveSettings } from './redrive-form.tsx';

type Props = { group: FailureGroup; onClose: () => void };

/** Asks for the redrive of a group, and then shows how far it has come. */
export const RedriveDialog = ({ group, onClose }: Props) => {
  const [settings, setSettings] = useState<RedriveSettings>({
    ratePerSecond: 10,
    includeSucceeded: false,
    reason: '',
    typed: '',
  });
  const { data: matched, error: countError } = useQuery(
    redriveCountQuery(group.id, settings.includeSucceeded),
  );
  const count = matched?.count;
  const operation = useMutation({ mutationFn: (given: RedriveSettings) => startRedrive(group.id, given) });
  const { progress, abort } = useOperation(operation.data);
  const close = () => {
    void queryClient.invalidateQueries();
    onClose();
  };
  const isReady =
    count !== undefined && count > 0 && (count <= TYPED_ABOVE || isTyped(count, settings.typed));
  const orMore = matched?.isCapped === true ? ' or more' : '';
  const asking = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button
        look="primary"
        disabled={!isReady || operation.isPending}
        onClick={() => operation.mutate(settings)}
      >
        Redrive
      </Button>
    </>
  );
  return (
    <Dialog
      title={count === undefined ? 'Redrive' : `Redrive ${countExecutions(count)}${orMore}`}
      onClose={close}
      footer={
        progress === undefined ? (
          asking
        ) : (
          <ProgressButtons progress={progress} abort={abort} onClose={close} />
        )
      }
    >
      {countError !== null && <ErrorState title="The executions could not be counted" error={countError} />}
      {operation.error !== null && <ErrorState title="The redrive did not start" error={operation.error} />}
      {progress === undefined ? (
        <RedriveForm group={group} count={count} settings={settings} onChange={setSettings} />
      ) : (
        <ProgressReport progress={progress} words={(done) => `${countExecutions(done)} repeated`} />
      )}
    </Dialog>
  );
};
