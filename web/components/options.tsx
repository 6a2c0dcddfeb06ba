import type { ComponentProps } from 'react';

export type OptionsProps<Value extends string> = {
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
};

type Props<Value extends string> = OptionsProps<Value> &
  Omit<ComponentProps<'select'>, 'value' | 'onChange' | 'children'>;

/** One choice out of several, by the browser's own list. */
export function Options<Value extends string>({ value, options, onChange, ...rest }: Props<Value>) {
  return (
    <select
      {...rest}
      value={value}
      onChange={({ target }) => {
        const chosen = options.find((option) => option.value === target.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
