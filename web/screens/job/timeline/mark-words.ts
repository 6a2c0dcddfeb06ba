import { countOf, formatInstant } from '../../../time/format.ts';
import { MISFIRE_WORDS, skippedSentence, skippedWords } from '../../../components/skipped-words.ts';
import type { Job } from '../../../api/types.ts';
import { formatDuration } from '../../../time/spans.ts';
import type { Mark } from './marks.ts';

const outcomes: Record<Mark['status'], string> = {
  SUCCESS: 'succeeded',
  FAILED: 'failed',
  RUNNING: 'running',
  RETRYING: 'retrying',
  CANCELLED: 'did not run',
  SKIPPED: 'skipped',
  SCHEDULED: 'upcoming',
};

export const kindWords: Record<Mark['trigger'], string> = {
  SCHEDULE: 'Occurrence',
  MANUAL: 'Manual run',
  REDRIVE: 'Repeat',
  CALLBACK: 'Report',
};

export function outcomeWords({
  status,
  reason,
  skipped,
}: Pick<Mark, 'status' | 'reason' | 'skipped'>): string {
  if (skipped !== null) return `${skippedWords(skipped)}: ${MISFIRE_WORDS}`;
  return reason === null || status === 'SUCCESS' ? outcomes[status] : `${outcomes[status]}: ${reason}`;
}

/** When the next attempt is due, or over which span the retries were. Undefined without retries. */
export function retryWords({ status, atMs, retries }: Mark): string | undefined {
  if (retries === null) return undefined;
  const after = formatDuration(retries.dueMs - atMs);
  if (status === 'RETRYING') return `next attempt ${after} after its time`;
  return `${countOf(retries.count, 'retry', 'retries')} within ${after}`;
}

/** What jitter does to the retries that show. Undefined if there is none. */
export function jitterSentence(marks: readonly Mark[], retry: Job['retry']): string | undefined {
  const jitter = retry?.jitter ?? 0;
  if (jitter === 0 || marks.every(({ retries }) => retries === null)) return undefined;
  return `Jitter makes the waits before retries up to ${Math.round(jitter * 100)} % shorter.`;
}

/** A mark in one line. */
export function describeMark(mark: Mark, zone: string): string {
  const retried = retryWords(mark);
  const { latenessMs, durationMs, isScheduled, trigger, skipped } = mark;
  const first = skipped === null || skipped.firstMs === mark.atMs ? undefined : new Date(skipped.firstMs);
  return [
    `${first === undefined ? '' : `${formatInstant(first, zone)} – `}${formatInstant(new Date(mark.atMs), zone)}`,
    ...(isScheduled ? [] : [kindWords[trigger].toLowerCase()]),
    outcomeWords(mark),
    ...(retried === undefined ? [] : [retried]),
    ...(latenessMs === null ? [] : [`${formatDuration(latenessMs)} late`]),
    ...(durationMs === null ? [] : [`took ${formatDuration(durationMs)}`]),
  ].join(' · ');
}

/** All marks in one sentence. */
export function describeMarks(marks: readonly Mark[]): string {
  const past = marks.filter(({ state }) => state !== 'coming' && state !== 'skipped');
  const skipped = marks.reduce((sum, mark) => sum + (mark.skipped?.count ?? 0), 0);
  const failed = past.filter(({ state }) => state === 'bad').length;
  const withdrawn = past.filter(({ state }) => state === 'hollow');
  const reasons = [...new Set(withdrawn.flatMap(({ reason }) => reason ?? []))];
  const coming = marks.filter(({ state }) => state === 'coming').length;
  const lateness = past.flatMap(({ latenessMs }) => (latenessMs === null ? [] : [latenessMs]));
  const details = [
    ...(past.length === 0 ? [] : [failed === 0 ? 'none failed' : `${failed} failed`]),
    ...(withdrawn.length === 0
      ? []
      : [`${withdrawn.length} did not run${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`]),
    ...(lateness.length === 0 ? [] : [`at most ${formatDuration(Math.max(...lateness))} late`]),
  ];
  const runs = past.length === 1 ? '1 run so far' : `The last ${countOf(past.length, 'run')}`;
  const before = past.length === 0 ? 'No run yet' : `${runs}: ${details.join(', ')}`;
  const skips = skipped === 0 ? '' : ` ${skippedSentence(skipped)}`;
  return `${before}.${skips} ${coming === 0 ? 'None is upcoming' : `${coming} upcoming`}.`;
}
