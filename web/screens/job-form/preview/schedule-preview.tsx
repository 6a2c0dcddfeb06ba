import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../../api/api-error.ts';
import { previewQuery } from '../../../api/job-queries.ts';
import type { Job } from '../../../api/types.ts';
import { ErrorState } from '../../../components/error-state.tsx';
import { Panel } from '../../../components/panel.tsx';
import { useDebounced } from '../../../components/use-debounced.ts';
import { useZone } from '../../../time/zone.ts';
import { LoadHint } from './load-hint.tsx';
import { NextTimes } from './next-times.tsx';
import * as styles from './schedule-preview.module.css';
import { TimesChange } from './times-change.tsx';

type Props = {
  schedule: string;
  timeZone: string;
  /** The job that is edited. */
  job: Job | undefined;
  onSchedule: (schedule: string) => void;
};

const WAIT_MS = 300;
const SHOWN = 10;
/** For an edit, enough to compare a week of most schedules. */
const COMPARED = 100;

/** What a schedule means: its words, its next times by both clocks, and what else runs then. */
export const SchedulePreview = ({ schedule, timeZone, job, onSchedule }: Props) => {
  const zone = useZone();
  const asked = useDebounced({ schedule: schedule.trim(), timeZone: timeZone.trim() }, WAIT_MS);
  const isChanged = job !== undefined && (asked.schedule !== job.schedule || asked.timeZone !== job.timeZone);
  const { data, error, isFetching } = useQuery({
    ...previewQuery({ ...asked, count: isChanged ? COMPARED : SHOWN }),
    enabled: asked.schedule !== '' && asked.timeZone !== '',
    retry: false,
  });
  // Errors of the two fields are shown there.
  const isOfField = error instanceof ApiError && error.fields.length > 0;
  if (asked.schedule === '' || (error !== null && isOfField)) {
    return (
      <Panel title="Preview">
        <p className={styles.quiet}>
          {asked.schedule === ''
            ? 'Give a schedule to see its next times.'
            : 'The schedule has no times yet.'}
        </p>
      </Panel>
    );
  }
  if (error !== null) return <ErrorState title="The times could not be computed" error={error} />;
  return (
    <Panel title="Preview">
      <div className={styles.preview} aria-busy={isFetching} aria-live="polite">
        <p className={styles.words}>{data?.words ?? ' '}</p>
        {data !== undefined && (
          <NextTimes times={data.nextTimes.slice(0, SHOWN)} jobZone={data.timeZone} viewerZone={zone} />
        )}
        {data?.clockChanges.map(({ at, note }) => (
          <p key={at} className={styles.note}>
            {note}
          </p>
        ))}
        {data !== undefined && (
          <LoadHint
            times={data.nextTimes.slice(0, SHOWN)}
            schedule={asked.schedule}
            job={job}
            onSchedule={onSchedule}
          />
        )}
        {data !== undefined && isChanged && <TimesChange job={job} preview={data} cutAt={COMPARED} />}
      </div>
    </Panel>
  );
};
