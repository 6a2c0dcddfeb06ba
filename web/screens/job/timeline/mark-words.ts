import { formatInstant } from '../../../time/format.ts';
import { formatDuration } from '../../../time/spans.ts';
import type { Mark } from './marks.ts';

const outcomes: Record<Mark['status'], string> = {
  SUCCESS: 'succeeded',
  FAILED: 'failed',
  RUNNING: 'running',
  RETRYING: 'retrying',
  CANCELLED: 'did not run',
  SCHEDULED: 'upcoming',
};

export const kindWords: Record<Mark['trigger'], string> = {
  SCHEDULE: 'Occurrence',
  MANUAL: 'Manual run',
  REDRIVE: 'Repeat',
  CALLBACK: 'Report',
};

export const outcomeWords = ({ status, reason }: Pick<Mark, 'status' | 'reason'>): string =>
  reason === null || status === 'SUCCESS' ? outcomes[status] : `${outcomes[status]}: ${reason}`;

/** A mark in one line. */
export function describeMark(mark: Mark, zone: string): string {
  const { latenessMs, durationMs, isScheduled, trigger } = mark;
  return [
    formatInstant(new Date(mark.atMs), zone),
    ...(isScheduled ? [] : [kindWords[trigger].toLowerCase()]),
    outcomeWords(mark),
    ...(latenessMs === null ? [] : [`${formatDuration(latenessMs)} late`]),
    ...(durationMs === null ? [] : [`took ${formatDuration(durationMs)}`]),
  ].join(' · ');
}

/** All marks in one sentence. */
export function describeMarks(marks: readonly Mark[]): string {
  const past = marks.filter(({ state }) => state !== 'coming');
  const failed = past.filter(({ state }) => state === 'bad').length;
  const withdrawn = past.filter(({ state }) => state === 'hollow');
  const reasons = [...new Set(withdrawn.flatMap(({ reason }) => reason ?? []))];
  const coming = marks.length - past.length;
  const lateness = past.flatMap(({ latenessMs }) => (latenessMs === null ? [] : [latenessMs]));
  const details = [
    ...(past.length === 0 ? [] : [failed === 0 ? 'none failed' : `${failed} failed`]),
    ...(withdrawn.length === 0
      ? []
      : [`${withdrawn.length} did not run${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`]),
    ...(lateness.length === 0 ? [] : [`at most ${formatDuration(Math.max(...lateness))} late`]),
  ];
  const runs = past.length === 1 ? '1 run so far' : `The last ${past.length} runs`;
  const before = past.length === 0 ? 'No run yet' : `${runs}: ${details.join(', ')}`;
  return `${before}. ${coming === 0 ? 'None is upcoming' : `${coming} upcoming`}.`;
}
