import { useState } from 'react';
import { Field } from '../field.tsx';

const MAX_RATE = 1_000;

type Props = {
  label: string;
  hint?: string | undefined;
  value: number;
  onChange: (value: number) => void;
};

/** Asks for a rate from 1 to 1,000 a second. While a person types, the field may be empty; the last rate counts then. */
export const RateField = ({ label, hint, value, onChange }: Props) => {
  const [text, setText] = useState(String(value));
  return (
    <Field
      label={label}
      type="number"
      min={1}
      max={MAX_RATE}
      hint={hint}
      value={text}
      onChange={({ target }) => {
        setText(target.value);
        const rate = Math.round(Number(target.value));
        if (rate >= 1 && rate <= MAX_RATE) onChange(rate);
      }}
      onBlur={() => setText(String(value))}
    />
  );
};
