import { Field } from '../field.tsx';

/** An action over more jobs than this needs their number typed. */
export const TYPED_ABOVE = 100;

/** Tells whether the number was typed. Separators between its digits do not matter. */
export const isTyped = (wanted: number, typed: string): boolean =>
  typed.replaceAll(/\D/g, '') === String(wanted);

type Props = { wanted: number; typed: string; onType: (typed: string) => void };

/** Asks for the number of the jobs, so that it is not confirmed unread. */
export const TypedNumber = ({ wanted, typed, onType }: Props) => (
  <Field
    label={`Type ${wanted} to continue`}
    inputMode="numeric"
    value={typed}
    onChange={({ target: { value } }) => onType(value)}
  />
);
