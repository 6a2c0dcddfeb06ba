import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { api } from '../../api/client.ts';
import { jobQuery } from '../../api/job-queries.ts';
import { queryClient } from '../../api/queries.ts';
import type { Job, JobPatch } from '../../api/types.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { jobName } from '../../components/job-name.ts';
import { Screen } from '../../components/screen.tsx';
import { tell } from '../../components/toasts.tsx';
import { OwnerBanner } from '../../components/owner-banner.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { HIDDEN, toFormValues } from './form-values.ts';
import { changedFields, toJobFields } from './job-fields.ts';
import { JobForm } from './job-form.tsx';
import { RunInstead } from './test-run/run-instead.tsx';
import { TestRunButton } from './test-run/test-run-button.tsx';
import { useUnsaved } from './use-unsaved.tsx';

const route = getRouteApi('/jobs/$id/edit');

type Version = { value: Job; tag: string };
type Changes = { changes: Record<string, unknown>; tag: string };

/** Changes a job. The form keeps the version that it was opened with, also when others change the job. */
export const EditJobScreen = () => {
  const id = Number(route.useParams().id);
  const { data, error, refetch } = useQuery({
    ...jobQuery(id),
    queryKey: ['jobs', 'edited', id],
    gcTime: 0,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  if (data !== undefined) return <EditForm key={id} opened={data} />;
  return (
    <Screen title="Edit a job">
      {error !== null && (
        <ErrorState title="The job could not be read" error={error} onRetry={() => void refetch()} />
      )}
    </Screen>
  );
};

const fieldsOf = (job: Job) => toJobFields(toFormValues(job)).fields;

const EditForm = ({ opened }: { opened: Version }) => {
  const navigate = route.useNavigate();
  const [base, setBase] = useState(opened);
  const [values, setValues] = useState(() => toFormValues(opened.value));
  const [theirs, setTheirs] = useState<Version>();
  const { id } = base.value;
  const { question, allowLeaving } = useUnsaved(values, toFormValues(base.value));
  const back = () => {
    allowLeaving();
    return navigate({ to: '/jobs/$id', params: { id: String(id) } });
  };
  const save = useMutation({
    /** Returns the job as others have changed it since, if they have: then nothing is saved. */
    mutationFn: async ({ changes, tag }: Changes): Promise<Version | undefined> => {
      if (Object.keys(changes).length === 0) return undefined;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API judges the values, and its errors show at the fields
      const body = changes as JobPatch;
      try {
        await api.patch('/api/v1/jobs/{id}', { path: { id }, body, headers: { 'if-match': tag } });
        return undefined;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 412) throw error;
        return api.getTagged('/api/v1/jobs/{id}', { path: { id } });
      }
    },
    onSuccess: async (other) => {
      setTheirs(other);
      if (other !== undefined) return;
      tell('Saved');
      await queryClient.invalidateQueries({ queryKey: ['jobs'] });
      await back();
    },
  });
  const changesOf = (fields: Record<string, unknown>) => changedFields(fields, fieldsOf(base.value));
  return (
    <Screen title={`Edit ${jobName(base.value)}`}>
      <OwnerBanner job={base.value} />
      <JobForm
        values={values}
        onChange={setValues}
        job={base.value}
        submitLabel="Save"
        isPending={save.isPending}
        error={save.error}
        onSubmit={(fields) => save.mutate({ changes: changesOf(fields), tag: base.tag })}
        onCancel={() => void back()}
      >
        {Object.values(base.value.headers).includes(HIDDEN) ? (
          <RunInstead jobId={id} />
        ) : (
          <TestRunButton values={values} />
        )}
      </JobForm>
      {theirs !== undefined && (
        <ConflictDialog
          opened={fieldsOf(base.value)}
          theirs={fieldsOf(theirs.value)}
          mine={toJobFields(values).fields}
          onClose={() => setTheirs(undefined)}
          onKeepMine={() => {
            setTheirs(undefined);
            save.mutate({ changes: changesOf(toJobFields(values).fields), tag: theirs.tag });
          }}
          onTakeTheirs={() => {
            setBase(theirs);
            setValues(toFormValues(theirs.value));
            setTheirs(undefined);
          }}
        />
      )}
      {question}
    </Screen>
  );
};
