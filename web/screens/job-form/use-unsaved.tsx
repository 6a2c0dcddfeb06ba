import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import type { FormValues } from './form-values.ts';

/**
 * Asks before a form is left with changes that are not saved. The browser asks by itself before the tab is closed.
 *
 * @returns the question, and a function that lets the form be left without it: what was typed is saved, or given up.
 */
export function useUnsaved(
  values: FormValues,
  saved: FormValues,
): { question: ReactNode; allowLeaving: () => void } {
  const mayLeave = useRef(false);
  const isUnsaved = () => !mayLeave.current && JSON.stringify(values) !== JSON.stringify(saved);
  const { status, reset, proceed } = useBlocker({
    shouldBlockFn: isUnsaved,
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  });
  const question = status === 'blocked' && (
    <Dialog
      title="Leave without saving?"
      onClose={reset}
      footer={
        <>
          <Button onClick={reset}>Continue editing</Button>
          <Button look="danger" onClick={proceed}>
            Discard the changes
          </Button>
        </>
      }
    >
      <p>The form has changes that are not saved. They are lost when you leave it.</p>
    </Dialog>
  );
  return { question, allowLeaving: () => (mayLeave.current = true) };
}
