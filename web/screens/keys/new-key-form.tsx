import type { ApiError } from '../../api/api-error.ts';
import type { NewApiKey } from '../../api/types.ts';
import { CheckBox } from '../../components/check-box.tsx';
import { Field } from '../../components/field.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { Choice } from '../../components/choice.tsx';
import * as styles from './keys-screen.module.css';
import { DAY_MS } from '../../time/units.ts';

const lives = ['never', '30', '90', '365'] as const;

type Scope = NewApiKey['scopes'][number];
const scopes: readonly { scope: Scope; does: string }[] = [
  { scope: 'read', does: 'sees jobs, executions and failures; no secrets' },
  { scope: 'write', does: 'creates, changes, runs and deletes jobs' },
  { scope: 'admin', does: 'manages keys and reads the activity' },
  { scope: 'calendar', does: 'the address of the calendar; only by itself' },
];

export type NewKeySettings = {
  name: string;
  scopes: readonly Scope[];
  /** The days for which the key is valid. */
  life: (typeof lives)[number];
  ratePerSecond: string;
  reason: string;
};

export const emptyKey: NewKeySettings = {
  name: '',
  scopes: ['read'],
  life: 'never',
  ratePerSecond: '',
  reason: '',
};

export const toNewKey = (settings: NewKeySettings, now: Date): NewApiKey => ({
  name: settings.name.trim(),
  scopes: [...settings.scopes],
  ...(settings.life !== 'never' && {
    expiresAt: new Date(now.getTime() + Number(settings.life) * DAY_MS).toISOString(),
  }),
  ...(settings.ratePerSecond !== '' && { rateLimitPerSecond: Number(settings.ratePerSecond) }),
});

type Props = {
  settings: NewKeySettings;
  onChange: (settings: NewKeySettings) => void;
  /** What the API refused. */
  fields: ApiError['fields'];
};

/** What a new key needs. No scope implies another. */
export const NewKeyForm = ({ settings, onChange, fields }: Props) => {
  const set = (changes: Partial<NewKeySettings>) => onChange({ ...settings, ...changes });
  const errorOf = (name: string) => fields.find(({ field }) => field === name)?.message;
  const toggle = (scope: Scope, isOn: boolean) =>
    set({ scopes: isOn ? [...settings.scopes, scope] : settings.scopes.filter((each) => each !== scope) });
  return (
    <>
      <Field
        label="Name"
        hint="It shows in the activity next to each change."
        required
        maxLength={100}
        value={settings.name}
        error={errorOf('name')}
        onChange={({ target }) => set({ name: target.value })}
      />
      <fieldset className={styles.scopes}>
        <legend>Scopes</legend>
        {scopes.map(({ scope, does }) => (
          <CheckBox
            key={scope}
            label={scope}
            hint={does}
            isChecked={settings.scopes.includes(scope)}
            onChange={(isOn) => toggle(scope, isOn)}
          />
        ))}
      </fieldset>
      <Choice
        label="Expires"
        value={settings.life}
        options={[
          { value: 'never', label: 'Never' },
          { value: '30', label: 'In 30 days' },
          { value: '90', label: 'In 90 days' },
          { value: '365', label: 'In a year' },
        ]}
        error={errorOf('expiresAt')}
        onChange={(life) => set({ life })}
      />
      <Field
        label="Requests a second"
        hint="The limit of the deployment if you leave it out."
        type="number"
        min={1}
        max={100_000}
        value={settings.ratePerSecond}
        error={errorOf('rateLimitPerSecond')}
        onChange={({ target }) => set({ ratePerSecond: target.value })}
      />
      <ReasonField value={settings.reason} onChange={(reason) => set({ reason })} />
    </>
  );
};
