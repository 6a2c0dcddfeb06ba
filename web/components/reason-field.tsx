import { Field } from './field.tsx';

/** Asks for the reason of a change, which the audit log keeps. */
export const ReasonField = ({ value, onChange }: { value: string; onChange: (value: string) => void }) => (
  <Field
    label="Reason"
    hint="It is kept in the audit log. You may leave it out."
    maxLength={200}
    value={value}
    onChange={({ target }) => onChange(target.value)}
  />
);
