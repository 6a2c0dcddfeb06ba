import { lazy, Suspense, useState } from 'react';
import type { BusyMinute } from '../../../api/load.ts';
import { useScopes } from '../../../api/use-scopes.ts';
import { Button } from '../../../components/button.tsx';
import { sharedSchedules } from './requests.ts';

const SpreadDialog = lazy(async () => ({ default: (await import('./spread-dialog.tsx')).SpreadDialog }));

type Props = { parts: BusyMinute['schedules'] };

/** Offers to give the jobs of a minute times of their own. */
export const SpreadButton = ({ parts }: Props) => {
  const { canWrite } = useScopes();
  const [isOpen, setIsOpen] = useState(false);
  const schedules = sharedSchedules(parts);
  if (!canWrite || schedules.length === 0) return null;
  return (
    <p>
      <Button onClick={() => setIsOpen(true)}>Spread over 5 minutes…</Button>
      {isOpen && (
        <Suspense>
          <SpreadDialog schedules={schedules} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </p>
  );
};
