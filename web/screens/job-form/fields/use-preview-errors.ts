import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../../api/api-error.ts';
import { previewQuery } from '../../../api/job-queries.ts';
import { useDebounced } from '../../../components/use-debounced.ts';
import type { FieldErrors } from '../job-fields.ts';

/** Typing is judged later than it is previewed, so that half a word is not an error. */
const WAIT_MS = 800;
const COUNT = 10;

/** What is wrong with a schedule as it is typed, by the API's own judgement. */
export function usePreviewErrors(schedule: string, timeZone: string): FieldErrors {
  const asked = useDebounced({ schedule: schedule.trim(), timeZone: timeZone.trim() }, WAIT_MS);
  const { error } = useQuery({
    ...previewQuery({ ...asked, count: COUNT }),
    enabled: asked.schedule !== '' && asked.timeZone !== '',
    retry: false,
    staleTime: 10_000,
  });
  const isCurrent = asked.schedule === schedule.trim() && asked.timeZone === timeZone.trim();
  return isCurrent && asked.schedule !== '' && error instanceof ApiError ? error.fields : [];
}
