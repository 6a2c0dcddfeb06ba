import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { jobQuery } from '../../api/job-queries.ts';
import { queryClient } from '../../api/queries.ts';
import type { NewJob } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { jobName } from '../../components/job-name.ts';
import { Screen } from '../../components/screen.tsx';
import { tell, tellFailure } from '../../components/toasts.tsx';
import { useZone } from '../../time/zone.ts';
import { CurlDialog } from './curl/curl-dialog.tsx';
import { type FormValues, newJobValues, toDuplicateValues } from './form-values.ts';
import { changedFields, toJobFields } from './job-fields.ts';
import { JobForm } from './job-form.tsx';
import { TestRunDialog } from './test-run/test-run-dialog.tsx';

const route = getRouteApi('/jobs/new');

/** Creates a job, from nothing or from another job. */
export const NewJobScreen = () => {
  const { from } = route.useSearch();
  const zone = useZone();
  const source = useQuery({
    ...jobQuery(Number(from ?? 0)),
    enabled: from !== undefined,
    staleTime: Infinity,
  });
  if (from === undefined) return <NewJobForm initial={newJobValues(zone)} />;
  if (source.data === undefined) {
    return (
      <Screen title="New job">
        {source.error !== null && (
          <ErrorState title="The job to copy could not be read" error={source.error} />
        )}
      </Screen>
    );
  }
  const { value: job } = source.data;
  return (
    <NewJobForm
      key={from}
      initial={toDuplicateValues(job)}
      lead={`A copy of “${jobName(job)}”`}
      copyOf={job.id}
    />
  );
};

/** Only fields that differ from the defaults are sent: the defaults are the API's. */
function toNewJob(fields: Record<string, unknown>): NewJob {
  const defaults = toJobFields(newJobValues('UTC')).fields;
  const { schedule, api: url } = fields;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API judges the values, and its errors show at the fields
  return { schedule, api: url, ...changedFields(fields, defaults) } as NewJob;
}

const NewJobForm = ({ initial, lead, copyOf }: { initial: FormValues; lead?: string; copyOf?: number }) => {
  const navigate = route.useNavigate();
  const [values, setValues] = useState(initial);
  const [isPasting, setPasting] = useState(false);
  const [tested, setTested] = useState<NewJob>();
  const test = () => {
    const { fields, errors } = toJobFields(values);
    const [first] = errors;
    if (first === undefined) setTested(toNewJob(fields));
    else tellFailure('The request cannot be sent', new Error(`${first.field} ${first.message}`));
  };
  const create = useMutation({
    mutationFn: (fields: Record<string, unknown>) => api.post('/api/v1/jobs', { body: toNewJob(fields) }),
    onSuccess: async (job) => {
      tell(`Created “${jobName(job)}”`);
      await queryClient.invalidateQueries({ queryKey: ['jobs'] });
      await navigate({ to: '/jobs/$id', params: { id: String(job.id) } });
    },
  });
  return (
    <Screen
      title="New job"
      lead={lead}
      actions={<Button onClick={() => setPasting(true)}>Paste a curl command</Button>}
    >
      <JobForm
        values={values}
        onChange={setValues}
        job={undefined}
        submitLabel="Create the job"
        isPending={create.isPending}
        error={create.error}
        onSubmit={(fields) => create.mutate(fields)}
        onCancel={() => void navigate({ to: '/jobs' })}
      >
        <Button icon="executions" onClick={test}>
          Test run
        </Button>
      </JobForm>
      {tested !== undefined && (
        <TestRunDialog job={tested} copyOf={copyOf} onClose={() => setTested(undefined)} />
      )}
      {isPasting && (
        <CurlDialog
          onTake={(changes) => setValues({ ...values, ...changes })}
          onClose={() => setPasting(false)}
        />
      )}
    </Screen>
  );
};
