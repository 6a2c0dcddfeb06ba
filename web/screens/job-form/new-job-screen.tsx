import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { jobQuery } from '../../api/job-queries.ts';
import { queryClient } from '../../api/queries.ts';
import type { Job } from '../../api/types.ts';
import { useRepeatKey } from '../../api/use-repeat-key.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { jobName } from '../../components/job-name.ts';
import { Screen } from '../../components/screen.tsx';
import { tell } from '../../components/toasts.tsx';
import { useZone } from '../../time/zone.ts';
import { CurlDialog } from './curl/curl-dialog.tsx';
import { type FormValues, newJobValues, toDuplicateValues } from './form-values.ts';
import { JobForm } from './job-form.tsx';
import { toNewJob } from './new-job.ts';
import { TestRunButton } from './test-run/test-run-button.tsx';
import { useUnsaved } from './use-unsaved.tsx';

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
  return <NewJobForm key={from} initial={toDuplicateValues(job)} source={job} />;
};

/** @param props.source the job that the new one is a copy of. */
const NewJobForm = ({ initial, source }: { initial: FormValues; source?: Job }) => {
  const navigate = route.useNavigate();
  const [empty] = useState(initial);
  const [values, setValues] = useState(empty);
  const [isPasting, setPasting] = useState(false);
  const repeatKey = useRepeatKey();
  const { question, allowLeaving } = useUnsaved(values, empty);
  const create = useMutation({
    mutationFn: (fields: Record<string, unknown>) => {
      const body = toNewJob(fields, source);
      return api.post('/api/v1/jobs', { body, headers: repeatKey(body) });
    },
    onSuccess: async (job) => {
      tell(`Created “${jobName(job)}”`);
      allowLeaving();
      await queryClient.invalidateQueries({ queryKey: ['jobs'] });
      await navigate({ to: '/jobs/$id', params: { id: String(job.id) } });
    },
  });
  return (
    <Screen
      title="New job"
      lead={source && `A copy of “${jobName(source)}”`}
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
        onCancel={() => {
          allowLeaving();
          void navigate({ to: '/jobs' });
        }}
      >
        <TestRunButton values={values} copyOf={source?.id} />
      </JobForm>
      {isPasting && (
        <CurlDialog
          onTake={(changes) => setValues({ ...values, ...changes })}
          onClose={() => setPasting(false)}
        />
      )}
      {question}
    </Screen>
  );
};
