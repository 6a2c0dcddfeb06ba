import { api } from '../../api/client.ts';
import type { SigningKey } from '../../api/types.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { tell } from '../../components/toasts.tsx';

/** Asks before a signing key is revoked. */
export const RevokeSigningKeyDialog = ({
  signingKey: { id },
  onClose,
}: {
  signingKey: SigningKey;
  onClose: () => void;
}) => {
  const revoke = async (reason: string) => {
    await api.delete('/api/v1/signing-keys/{id}', { path: { id }, reason });
    tell(`Signing key ${id} is revoked`);
  };
  return (
    <ConfirmDialog
      title={`Revoke signing key ${id}`}
      label="Revoke"
      isDangerous
      act={revoke}
      onClose={onClose}
    >
      <p>
        Workers stop signing with it within a minute, and its secret is deleted. Targets that know this key
        alone refuse requests from then on.
      </p>
    </ConfirmDialog>
  );
};
