import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { previewQuery } from '../../../api/job-queries.ts';
import type { Job } from '../../../api/types.ts';
import { type ChangeMark, makeChangeMarks } from './change-marks.ts';
import type { Mark } from './marks.ts';
import { HOUR_MS } from '../../../time/units.ts';

/** The changes of both clocks between the first and the last mark. They are looked for when an hour begins, not each second. */
export function useChangeMarks(
  { schedule, timeZone, isRecurring }: Job,
  marks: readonly Mark[],
  viewerZone: string,
  now: Date,
): readonly ChangeMark[] {
  const hourMs = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const fromMs = Math.min(marks[0]?.atMs ?? hourMs, hourMs);
  const untilMs = Math.max(marks.at(-1)?.atMs ?? 0, hourMs);
  const after = new Date(Math.floor(fromMs / HOUR_MS) * HOUR_MS - 1).toISOString();
  const { data } = useQuery({
    ...previewQuery({ schedule, timeZone, count: 1, after }),
    enabled: isRecurring && marks.length > 0,
    staleTime: Infinity,
    retry: false,
  });
  return useMemo(
    () =>
      makeChangeMarks({ fromMs, untilMs, jobZone: timeZone, viewerZone, notes: data?.clockChanges ?? [] }),
    [fromMs, untilMs, timeZone, viewerZone, data],
  );
}
