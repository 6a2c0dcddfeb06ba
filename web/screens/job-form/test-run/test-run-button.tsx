import { useState } from 'react';
import type { NewJob } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { tellFailure } from '../../../components/toasts.tsx';
import type { FormValues } from '../form-values.ts';
import { toJobFields } from '../job-fields.ts';
import { toNewJob } from '../new-job.ts';
import { TestRunDialog } from './test-run-dialog.tsx';

/** Offers to send the request of the form once. `copyOf` is the job whose fields the form began with. */
export const TestRunButton = ({ values, copyOf }: { values: FormValues; copyOf?: number | undefined }) => {
  const [tested, setTested] = useState<NewJob>();
  const test = () => {
    const { fields, errors } = toJobFields(values);
    const [first] = errors;
    if (first === undefined) setTested(toNewJob(fields));
    else tellFailure('The request cannot be sent', new Error(`${first.field} ${first.message}`));
  };
  return (
    <>
      <Button icon="executions" onClick={test}>
        Test run
      </Button>
      {tested !== undefined && (
        <TestRunDialog job={tested} copyOf={copyOf} onClose={() => setTested(undefined)} />
      )}
    </>
  );
};
