import { useState } from 'react';
import { api } from '../../api/client.ts';
import { Choice } from '../../components/choice.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { tell } from '../../components/toasts.tsx';

const overlaps = [
  { value: '0', label: 'End at once' },
  { value: '3600', label: 'Sign for another hour' },
  { value: '86400', label: 'Sign for another day' },
  { value: '604800', label: 'Sign for another 7 days' },
] as const;
type Overlap = (typeof overlaps)[number]['value'];

/** Creates a signing key. Earlier keys sign, too, until the overlap ends. */
export const RotateDialog = ({ isFirst, onClose }: { isFirst: boolean; onClose: () => void }) => {
  const [overlap, setOverlap] = useState<Overlap>('86400');
  const rotate = async (reason: string) => {
    const { id } = await api.post('/api/v1/signing-keys', {
      body: { overlapSeconds: Number(overlap) },
      reason,
    });
    tell(`Signing key ${id} is created`, 'Show its secret, and give it to your targets.');
  };
  return (
    <ConfirmDialog
      title={isFirst ? 'Create a signing key' : 'Rotate the signing key'}
      label={isFirst ? 'Create' : 'Rotate'}
      act={rotate}
      onClose={onClose}
    >
      <p>
        Requests are signed by the new key within a minute. Give its secret to your targets before the earlier
        keys end.
      </p>
      {!isFirst && <Choice label="Earlier keys" value={overlap} options={overlaps} onChange={setOverlap} />}
    </ConfirmDialog>
  );
};
