import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { api } from '../../api/client.ts';
import { queryClient } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { CreatedKey } from './created-key.tsx';
import { emptyKey, NewKeyForm, type NewKeySettings, toNewKey } from './new-key-form.tsx';

/** Creates a key, and shows it once. */
export const NewKeyDialog = ({ onClose }: { onClose: () => void }) => {
  const [settings, setSettings] = useState(emptyKey);
  const { data, error, isPending, mutate } = useMutation({
    mutationFn: (given: NewKeySettings) =>
      api.post('/api/v1/keys', { body: toNewKey(given, new Date()), reason: given.reason }),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['keys'] }),
  });
  const fields = error instanceof ApiError ? error.fields : [];
  const isReady = settings.name.trim() !== '' && settings.scopes.length > 0;
  if (data !== undefined) {
    return (
      <Dialog
        title={`Key ${data.name}`}
        onClose={onClose}
        isWide
        footer={
          <Button look="primary" onClick={onClose}>
            I have stored the key
          </Button>
        }
      >
        <CreatedKey created={data} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title="New API key"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!isReady || isPending} onClick={() => mutate(settings)}>
            Create
          </Button>
        </>
      }
    >
      {error !== null && fields.length === 0 && <ErrorState title="The key was not created" error={error} />}
      <NewKeyForm settings={settings} onChange={setSettings} fields={fields} />
    </Dialog>
  );
};
