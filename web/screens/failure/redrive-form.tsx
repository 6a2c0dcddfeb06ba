import type { FailureGroup } from '../../api/types.ts';
import { CheckBox } from '../../components/check-box.tsx';
import { RateField } from '../../components/operation/rate-field.tsx';
import { ReasonField } from '../../components/reason-field.tsx';
import { TYPED_ABOVE, TypedNumber } from '../../components/operation/typed-number.tsx';
import { countOf } from '../../time/format.ts';
import { formatDuration } from '../../time/spans.ts';

export type RedriveSettings = {
  ratePerSecond: number;
  includeSucceeded: boolean;
  reason: string;
  /** The number that was typed, where one is asked for. */
  typed: string;
};

export const countExecutions = (count: number): string => countOf(count, 'execution');

type Props = {
  group: FailureGroup;
  count: number | undefined;
  settings: RedriveSettings;
  onChange: (settings: RedriveSettings) => void;
};

/** What a redrive needs to know, and what it will do. */
export const RedriveForm = ({ group, count, settings, onChange }: Props) => {
  const set = (changes: Partial<RedriveSettings>) => onChange({ ...settings, ...changes });
  return (
    <>
      <p>
        The last failed execution of each job of this cause is repeated at <code>{group.host}</code>, with the
        request that the job has now. A request that has left cannot be taken back.
      </p>
      {count === 0 && <p>No job of this cause is left: each has succeeded since, or is deleted.</p>}
      <CheckBox
        label="Repeat failures of jobs that have succeeded since, too"
        isChecked={settings.includeSucceeded}
        onChange={(includeSucceeded) => set({ includeSucceeded })}
      />
      <RateField
        label="Executions a second, at most"
        hint={
          count === undefined || count < 2
            ? undefined
            : `All of them take about ${formatDuration((count / settings.ratePerSecond) * 1_000)}.`
        }
        value={settings.ratePerSecond}
        onChange={(ratePerSecond) => set({ ratePerSecond })}
      />
      <ReasonField value={settings.reason} onChange={(reason) => set({ reason })} />
      {count !== undefined && count > TYPED_ABOVE && (
        <TypedNumber wanted={count} typed={settings.typed} onType={(typed) => set({ typed })} />
      )}
    </>
  );
};
