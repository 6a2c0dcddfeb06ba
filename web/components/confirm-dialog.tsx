import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { readAgain } from '../api/queries.ts';
import { type RepeatHeaders, useRepeatKey } from '../api/use-repeat-key.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorState } from './error-state.tsx';
import { ReasonField } from './reason-field.tsx';

type Props = {
  /** The question, which names the thing. */
  title: string;
  /** What happens, and whether it can be undone. */
  children: ReactNode;
  /** The button that does it. */
  label: string;
  isDangerous?: boolean;
  /** Sends the request, with the reason for the audit log. With the headers, a POST is done once, also if it is sent again. */
  act: (reason: string, repeat: RepeatHeaders) => Promise<void>;
  onClose: () => void;
};

/** Asks before an action, and says why it failed. */
export const ConfirmDialog = ({ title, children, label, isDangerous = false, act, onClose }: Props) => {
  const [reason, setReason] = useState('');
  const repeatKey = useRepeatKey();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => act(reason, repeatKey({ reason })),
    onSuccess: () => {
      void readAgain();
      onClose();
    },
  });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={isDangerous ? 'danger' : 'primary'} disabled={isPending} onClick={() => mutate()}>
            {label}
          </Button>
        </>
      }
    >
      {error !== null && <ErrorState title="It did not happen" error={error} />}
      {children}
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
};
