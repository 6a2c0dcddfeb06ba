import { type KeyboardEvent, useState } from 'react';
import { type FilterField, readCondition, type Suggestion, suggest } from './suggestions.ts';

type Options = {
  fields: readonly FilterField[];
  textField: string | undefined;
  onSet: (name: string, value: string) => void;
  onRemoveLast: () => void;
};

/** The state of the box in which conditions are typed. */
export function useFilterBox({ fields, textField, onSet, onRemoveLast }: Options) {
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [current, setCurrent] = useState(-1);
  const suggestions = suggest(fields, textField, text);

  const type = (next: string) => {
    setText(next);
    setOpen(true);
    setCurrent(-1);
  };
  const set = (name: string, value: string) => {
    onSet(name, value);
    type('');
    setOpen(false);
  };
  const pick = ({ effect }: Suggestion) =>
    effect.kind === 'type' ? type(effect.text) : set(effect.name, effect.value);

  /** Takes the text as it is typed. */
  const commit = () => {
    const condition = readCondition(fields, text);
    const word = text.trim();
    if (condition === undefined) return word !== '' && textField !== undefined && set(textField, word);
    const { field, value } = condition;
    const known = field.values?.find((each) => each.toLowerCase() === value.toLowerCase());
    const chosen = field.values === undefined ? value : (known ?? suggestions[0]?.id);
    return chosen !== undefined && chosen !== '' && set(field.name, chosen);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const picked = suggestions[current];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setOpen(true);
      setCurrent((current + step + suggestions.length + 1) % (suggestions.length + 1) || (step > 0 ? 0 : -1));
    } else if (event.key === 'Enter') {
      if (isOpen && picked !== undefined) pick(picked);
      else commit();
    } else if (event.key === 'Escape') {
      if (isOpen) setOpen(false);
      else event.currentTarget.blur();
    } else if (event.key === 'Backspace' && text === '') {
      onRemoveLast();
      return;
    } else return;
    event.preventDefault();
  };

  return {
    text,
    type,
    isOpen: isOpen && suggestions.length > 0,
    setOpen,
    current,
    suggestions,
    pick,
    onKeyDown,
  };
}
