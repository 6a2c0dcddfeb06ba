import { Field } from '../../../components/field.tsx';
import type { FormValues } from '../form-values.ts';
import { errorOf } from '../job-fields.ts';
import type { FieldGroup } from './field-group.ts';

/** A value of the form that is a text. `field` is the API's field of its errors; without it, the one with the same name. */
export type TextOf<Name extends keyof FormValues> = {
  name: Name;
  field?: string;
  label: string;
  hint?: string;
};

type TextName = {
  [Name in keyof FormValues]: string extends FormValues[Name] ? Name : never;
}[keyof FormValues];

export const TextFields = ({
  texts,
  values,
  set,
  errors,
}: FieldGroup & { texts: readonly TextOf<TextName>[] }) =>
  texts.map(({ name, field = name, label, hint }) => (
    <Field
      key={name}
      label={label}
      hint={hint}
      value={values[name]}
      error={errorOf(errors, field)}
      onChange={({ target }) => set({ [name]: target.value } satisfies Partial<FormValues>)}
    />
  ));
