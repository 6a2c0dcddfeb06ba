import { api } from '../../api/client.ts';
import { signOut } from '../../api/session.ts';
import type { ApiKey } from '../../api/types.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Time } from '../../components/time.tsx';
import { tell } from '../../components/toasts.tsx';

type Props = { apiKey: ApiKey; isOwn: boolean; onClose: () => void };

/** Asks before a key is revoked. */
export const RevokeKeyDialog = ({ apiKey, isOwn, onClose }: Props) => {
  const revoke = async (reason: string) => {
    await api.delete('/api/v1/keys/{id}', { path: { id: apiKey.id }, reason });
    tell(`Key ${apiKey.name} is revoked`);
    if (isOwn) signOut();
  };
  return (
    <ConfirmDialog
      title={`Revoke the key ${apiKey.name}`}
      label="Revoke"
      isDangerous
      act={revoke}
      onClose={onClose}
    >
      {isOwn && <p>You are signed in with this key: this signs you out.</p>}
      <p>
        Requests with this key get 401 within a minute. It cannot be taken back.{' '}
        {apiKey.lastUsedAt === null ? (
          'The key has not been used yet.'
        ) : (
          <>
            The key was used <Time at={apiKey.lastUsedAt} />.
          </>
        )}
      </p>
    </ConfirmDialog>
  );
};
