import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { OperationDialog } from '../operation/operation-dialog.tsx';
import { isTyped, TYPED_ABOVE } from '../operation/typed-number.tsx';
import { useOperation } from '../operation/use-operation.ts';
import { actionWords, type BulkAction, countJobs } from './actions.ts';
import { BulkForm } from './bulk-form.tsx';
import { startOperation } from './requests.ts';
import type { BulkSettings, BulkTarget } from './target.ts';
import { useTargetCount } from './use-target-count.ts';

type Props = { action: BulkAction; target: BulkTarget; onClose: () => void };

/** Asks for an action over many jobs, and then shows how far it has come. */
export const BulkDialog = ({ action, target, onClose }: Props) => {
  const words = actionWords[action];
  const { soon, error, ...counted } = useTargetCount(target);
  const [settings, setSettings] = useState<BulkSettings>({
    tag: '',
    isTagAdded: true,
    group: '',
    within: '300',
    ratePerSecond: 100,
    reason: '',
  });
  const [typed, setTyped] = useState('');
  const operation = useMutation({ mutationFn: () => startOperation(action, target, settings) });
  // Once it has begun, fewer jobs may match.
  const { count, isCapped } = operation.data?.matched ?? counted;
  const { progress, abort } = useOperation(operation.data);
  const wantsNumber = count !== undefined && count > TYPED_ABOVE;
  const isReady =
    count !== undefined &&
    count > 0 &&
    (!wantsNumber || isTyped(count, typed)) &&
    (action !== 'tag' || settings.tag.trim() !== '');
  const title =
    count === undefined ? words.title : `${words.title} ${countJobs(count)}${isCapped ? ' or more' : ''}`;

  return (
    <OperationDialog
      title={title}
      start={{
        label: words.label,
        isDangerous: words.isDangerous,
        isReady: isReady && !operation.isPending,
        run: () => operation.mutate(),
      }}
      progress={progress}
      abort={abort}
      failures={[
        ['The jobs could not be counted', error],
        ['The operation did not start', operation.error],
      ]}
      words={(done) => `${countJobs(done)} ${words.done}`}
      onClose={onClose}
    >
      <BulkForm
        action={action}
        target={target}
        settings={settings}
        onChange={setSettings}
        soon={soon}
        number={wantsNumber ? { wanted: count, typed, onType: setTyped } : undefined}
      />
    </OperationDialog>
  );
};
