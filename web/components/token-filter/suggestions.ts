/** A condition that a filter can have. */
export type FilterField = {
  /** The name in the address and in the API. */
  name: string;
  /** What it selects, in a few words. */
  does: string;
  /** The values that it can have; any text if left out. */
  values?: readonly string[];
  /** What values are called, where that differs from them, such as the name of a key for its id. */
  labels?: Readonly<Record<string, string>>;
};

export type Suggestion = {
  id: string;
  label: string;
  does: string;
  /** Continues the text in the box, or sets a condition. */
  effect: { kind: 'type'; text: string } | { kind: 'set'; name: string; value: string };
};

const startsWith = (text: string, start: string): boolean =>
  text.toLowerCase().startsWith(start.toLowerCase());

/** Splits `state:PAUSED` into the field and its value. A URL is a text, though it has a colon. */
export function readCondition(
  fields: readonly FilterField[],
  text: string,
): { field: FilterField; value: string } | undefined {
  const at = text.indexOf(':');
  if (at === -1) return undefined;
  const field = fields.find(({ name }) => name.toLowerCase() === text.slice(0, at).trim().toLowerCase());
  return field === undefined ? undefined : { field, value: text.slice(at + 1).trim() };
}

/**
 * Lists what a person may mean by the text in the box.
 *
 * @param textField the field of a text without a name; undefined if the list has none.
 */
export function suggest(
  fields: readonly FilterField[],
  textField: string | undefined,
  text: string,
): Suggestion[] {
  const condition = readCondition(fields, text);
  if (condition !== undefined) return suggestValues(condition.field, condition.value);
  const word = text.trim();
  const named = fields
    .filter(({ name }) => name !== textField && startsWith(name, word))
    .map(({ name, does }) => ({
      id: name,
      label: `${name}:`,
      does,
      effect: { kind: 'type', text: `${name}:` } as const,
    }));
  if (word === '' || textField === undefined) return named;
  const does = fields.find(({ name }) => name === textField)?.does ?? '';
  return [{ id: 'text', label: word, does, effect: { kind: 'set', name: textField, value: word } }, ...named];
}

/** What a value of a field is called. */
export const labelOf = ({ labels }: Pick<FilterField, 'labels'>, value: string): string =>
  labels?.[value] ?? value;

function suggestValues(field: FilterField, value: string): Suggestion[] {
  const { name, does, values } = field;
  const fits = (each: string) => startsWith(each, value) || startsWith(labelOf(field, each), value);
  const offered = values?.filter(fits) ?? (value === '' ? [] : [value]);
  return offered.map((each) => ({
    id: each,
    label: `${name}: ${labelOf(field, each)}`,
    does: values === undefined ? does : '',
    effect: { kind: 'set', name, value: each },
  }));
}
