import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FailureGroup } from '../../api/types.ts';
import { OperationDialog } from '../../components/operation/operation-dialog.tsx';
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
  const isReady =
    count !== undefined && count > 0 && (count <= TYPED_ABOVE || isTyped(count, settings.typed));
  const orMore = matched?.isCapped === true ? ' or more' : '';
  return (
    <OperationDialog
      title={count === undefined ? 'Redrive' : `Redrive ${countExecutions(count)}${orMore}`}
      start={{
        label: 'Redrive',
        isDangerous: false,
        isReady: isReady && !operation.isPending,
        run: () => operation.mutate(settings),
      }}
      progress={progress}
      abort={abort}
      failures={[
        ['The executions could not be counted', countError],
        ['The redrive did not start', operation.error],
      ]}
      words={(done) => `${countExecutions(done)} repeated`}
      onClose={onClose}
    >
      <RedriveForm group={group} count={count} settings={settings} onChange={setSettings} />
    </OperationDialog>
  );
};
