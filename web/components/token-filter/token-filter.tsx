import { useId, useRef } from 'react';
import { useShortcuts } from '../../base/shortcuts.ts';
import { Icon } from '../icon.tsx';
import { type FilterField, labelOf } from './suggestions.ts';
import { SuggestionList } from './suggestion-list.tsx';
import * as styles from './token-filter.module.css';
import { Token } from './token.tsx';
import { useFilterBox } from './use-filter-box.ts';

type Props<Filter> = {
  label: string;
  placeholder: string;
  fields: readonly FilterField[];
  /** The field of a text without a name. */
  textField?: string;
  filter: Filter;
  onChange: (filter: Partial<Record<string, string>>) => void;
};

/** Conditions as tokens: `state:PAUSED`, or a text alone. The screen keeps them in its address. */
export function TokenFilter<Filter extends Partial<Record<string, string>>>(props: Props<Filter>) {
  const { label, placeholder, fields, textField, filter, onChange } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const tokens = fields.flatMap((field) => {
    const value = filter[field.name];
    return value === undefined ? [] : [{ name: field.name, value: labelOf(field, value) }];
  });
  const remove = (name: string | undefined) => {
    if (name !== undefined) onChange({ ...filter, [name]: undefined });
    input.current?.focus();
  };
  const box = useFilterBox({
    fields,
    textField,
    onSet: (name, value) => onChange({ ...filter, [name]: value }),
    onRemoveLast: () => remove(tokens.at(-1)?.name),
  });
  useShortcuts([{ keys: '/', does: 'Filter the list', run: () => input.current?.focus() }]);
  return (
    <search className={styles.filter} aria-label={label}>
      <Icon name="search" />
      {tokens.length > 0 && (
        <ul className={styles.tokens} aria-label="Conditions that are set">
          {tokens.map(({ name, value }) => (
            <Token key={name} name={name} value={value} onRemove={() => remove(name)} />
          ))}
        </ul>
      )}
      <input
        ref={input}
        className={styles.input}
        role="combobox"
        aria-label={label}
        aria-expanded={box.isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={box.isOpen && box.current >= 0 ? `${id}-list-${box.current}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={tokens.length === 0 ? placeholder : ''}
        value={box.text}
        onChange={({ target }) => box.type(target.value)}
        onFocus={() => box.setOpen(true)}
        onBlur={() => box.setOpen(false)}
        onKeyDown={box.onKeyDown}
      />
      {tokens.length > 0 && (
        <button type="button" className={styles.clear} onClick={() => onChange({})}>
          Clear
        </button>
      )}
      {box.isOpen && (
        <SuggestionList
          id={`${id}-list`}
          suggestions={box.suggestions}
          current={box.current}
          onPick={box.pick}
        />
      )}
    </search>
  );
}
