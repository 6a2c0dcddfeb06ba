import type { FormValues } from '../form-values.ts';
import type { FieldErrors } from '../job-fields.ts';

/** What each group of fields gets. */
export type FieldGroup = {
  values: FormValues;
  set: (changes: Partial<FormValues>) => void;
  errors: FieldErrors;
};
