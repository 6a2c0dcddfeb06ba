import { useMutation } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { tellFailure } from '../../components/toasts.tsx';
import * as styles from './keys-screen.module.css';

/** A secret that shows on demand, and is read only then. It is in no cache, so that it goes with its cell. */
export const SigningSecret = ({ id }: { id: number }) => {
  const { data, isPending, mutate, reset } = useMutation({
    mutationFn: () => api.get('/api/v1/signing-keys/{id}/secret', { path: { id } }),
    onError: (error) => tellFailure('The secret could not be read', error),
    gcTime: 0,
  });
  if (data === undefined) {
    return (
      <Button
        look="quiet"
        disabled={isPending}
        aria-label={`Show the secret of signing key ${id}`}
        onClick={() => mutate()}
      >
        Show
      </Button>
    );
  }
  return (
    <span className={styles.secret}>
      <code>{data.secret}</code>
      <CopyButton text={data.secret} label="Copy the secret" />
      <Button look="quiet" onClick={reset}>
        Hide
      </Button>
    </span>
  );
};
