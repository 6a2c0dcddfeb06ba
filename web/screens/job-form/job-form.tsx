import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import type { Job } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { AttemptFields } from './fields/attempt-fields.tsx';
import { countOf } from '../../time/format.ts';
import { LabelFields } from './fields/label-fields.tsx';
import { RequestFields } from './fields/request-fields.tsx';
import { ScheduleFields } from './fields/schedule-fields.tsx';
import type { FormValues } from './form-values.ts';
import * as styles from './job-form.module.css';
import { errorOf, type FieldErrors, type JobFields, shownFields, toJobFields } from './job-fields.ts';
import { SchedulePreview } from './preview/schedule-preview.tsx';

type Props = {
  values: FormValues;
  onChange: (values: FormValues) => void;
  /** The job that is edited; undefined for a new one. */
  job: Job | undefined;
  submitLabel: string;
  isPending: boolean;
  error: Error | null;
  onSubmit: (fields: JobFields['fields']) => void;
  onCancel: () => void;
  /** Further buttons. */
  children?: ReactNode;
};

/** The fields of a job at the left, and at the right what its schedule means. */
export const JobForm = ({
  values,
  onChange,
  job,
  submitLabel,
  isPending,
  error,
  onSubmit,
  onCancel,
  children,
}: Props) => {
  const [local, setLocal] = useState<FieldErrors>([]);
  const errors = [...local, ...(error instanceof ApiError ? error.fields : [])];
  const set = (changes: Partial<FormValues>) => onChange({ ...values, ...changes });
  const group = { values, set, errors };
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error === null && local.length === 0) return;
    showError(form.current);
  }, [error, local]);
  return (
    <div className={styles.columns}>
      <form
        ref={form}
        id={formId}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const read = toJobFields(values);
          setLocal(read.errors);
          if (read.errors.length === 0) onSubmit(read.fields);
        }}
      >
        <FormErrors
          error={error}
          errors={errors}
          title={job === undefined ? 'The job was not created' : 'The job was not saved'}
        />
        <ScheduleFields {...group} />
        <RequestFields {...group} />
        <LabelFields {...group} />
        <AttemptFields {...group} />
        <div className={styles.buttons}>
          <Button type="submit" look="primary" disabled={isPending}>
            {submitLabel}
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
          {children}
        </div>
      </form>
      <div className={styles.side}>
        <SchedulePreview
          schedule={values.schedule}
          timeZone={values.timeZone}
          job={job}
          onSchedule={(schedule) => set({ schedule })}
        />
      </div>
    </div>
  );
};

/** Brings the first wrong field into view, with the focus, or else the message above the form: the buttons stay at the bottom. */
function showError(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  const shown = field ?? form?.querySelector('[role="alert"]');
  shown?.scrollIntoView({ block: 'center' });
  field?.focus({ preventScroll: true });
}

/** Says that fields are wrong, which show it themselves. Errors of fields that the form lacks are listed. */
const FormErrors = ({
  error,
  errors,
  title,
}: {
  error: Error | null;
  errors: FieldErrors;
  title: string;
}) => {
  const others = errors.filter((each) => errorOf([each], ...shownFields) === undefined);
  if (error !== null && (errors.length === 0 || others.length > 0))
    return <ErrorState title={title} error={error} />;
  if (errors.length === 0) return null;
  return (
    <p className={styles.wrong} role="alert">
      {errors.length === 1
        ? 'A field needs another value.'
        : `${countOf(errors.length, 'value')} must change.`}{' '}
      Look for the red lines below.
    </p>
  );
};
