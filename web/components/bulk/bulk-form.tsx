import { formatCount } from '../../time/format.ts';
import { Field } from '../field.tsx';
import { RateField } from '../operation/rate-field.tsx';
import { ReasonField } from '../reason-field.tsx';
import { SpreadWindow } from '../operation/spread-window.tsx';
import { TypedNumber } from '../operation/typed-number.tsx';
import { Segmented } from '../segmented.tsx';
import { actionWords, type BulkAction } from './actions.ts';
import * as styles from './bulk-form.module.css';
import type { BulkSettings, BulkTarget } from './target.ts';
import type { Counted } from './use-target-count.ts';

type Props = {
  action: BulkAction;
  target: BulkTarget;
  settings: BulkSettings;
  onChange: (settings: BulkSettings) => void;
  soon: Counted | undefined;
  /** The number to type, for actions over many jobs. */
  number: { wanted: number; typed: string; onType: (typed: string) => void } | undefined;
};

function soonWords({ count, isCapped }: Counted): string {
  if (count > 0)
    return `${formatCount(count)}${isCapped ? ' or more' : ''} of them ${count === 1 && !isCapped ? 'runs' : 'run'} in the next hour.`;
  return isCapped ? 'Some of them may run in the next hour.' : 'None of them runs in the next hour.';
}

/** What an action needs to know, and what it will do. */
export const BulkForm = ({ action, target, settings, onChange, soon, number }: Props) => {
  const set = (changes: Partial<BulkSettings>) => onChange({ ...settings, ...changes });
  return (
    <>
      {target.kind === 'matching' && <Conditions filter={target.filter} />}
      {soon !== undefined && <p>{soonWords(soon)}</p>}
      {action === 'tag' && (
        <>
          <Segmented
            label="What to do with the tag"
            value={settings.isTagAdded ? 'add' : 'remove'}
            options={[
              { value: 'add', label: 'Add' },
              { value: 'remove', label: 'Remove' },
            ]}
            onChange={(value) => set({ isTagAdded: value === 'add' })}
          />
          <Field
            label="Tag"
            required
            value={settings.tag}
            onChange={({ target: { value } }) => set({ tag: value })}
          />
        </>
      )}
      {action === 'group' && (
        <Field
          label="Group"
          hint="Leave it empty to take the jobs out of their groups."
          maxLength={64}
          value={settings.group}
          onChange={({ target: { value } }) => set({ group: value })}
        />
      )}
      {action === 'spread' && <SpreadWindow value={settings.within} onChange={(within) => set({ within })} />}
      {action === 'run' && target.kind === 'matching' && (
        <RateField
          label="Jobs a second, at most"
          value={settings.ratePerSecond}
          onChange={(ratePerSecond) => set({ ratePerSecond })}
        />
      )}
      <p className={styles.consequence}>{actionWords[action].consequence}</p>
      <ReasonField value={settings.reason} onChange={(reason) => set({ reason })} />
      {number !== undefined && (
        <TypedNumber wanted={number.wanted} typed={number.typed} onType={number.onType} />
      )}
    </>
  );
};

const Conditions = ({ filter }: { filter: Record<string, unknown> }) => {
  const conditions = Object.entries(filter);
  if (conditions.length === 0) return <p>There is no filter: these are all jobs.</p>;
  return (
    <p>
      All jobs with{' '}
      {conditions.map(([name, value]) => (
        <code key={name} className={styles.condition}>
          {name}:{String(value)}
        </code>
      ))}
    </p>
  );
};
