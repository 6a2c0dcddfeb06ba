import type { SchedulePreview } from '../../../api/types.ts';
import { type ClockChange, findClockChanges, localMs } from '../../../time/clock-changes.ts';

export type ChangeMark = {
  atMs: number;
  zone: string;
  /** Such as `+1 h`. */
  label: string;
  sentence: string;
  isOfJob: boolean;
  /** Whether runs move, are left out or come twice by it. */
  isAffecting: boolean;
};

/** More marks than this would hide the runs: only changes that affect the schedule are left. */
const MAX_MARKS = 4;

const clockOf = (local: number): string => new Date(local).toISOString().slice(11, 16);
const dayOf = (local: number): string =>
  new Date(local).toLocaleDateString('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });

function spanWords(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes % 60 === 0) return `${minutes / 60} h`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function describeMove(zone: string, { atMs, byMs }: ClockChange): string {
  const before = localMs(atMs - 60_000, zone) + 60_000;
  const way = byMs > 0 ? 'forward' : 'back';
  return `${dayOf(before)}: the clock in ${zone} goes ${way} from ${clockOf(before)} to ${clockOf(before + byMs)}.`;
}

/** What a change of the viewer's clock alone does to the times that it shows. */
const describeShift = (byMs: number): string =>
  `From then until the next change, your clock shows these runs ${spanWords(byMs)} ${byMs > 0 ? 'later' : 'earlier'}.`;

type Asked = {
  fromMs: number;
  untilMs: number;
  jobZone: string;
  viewerZone: string;
  notes: SchedulePreview['clockChanges'];
};

/** The changes of both clocks between the first and the last occurrence, each with a sentence. */
export function makeChangeMarks({ fromMs, untilMs, jobZone, viewerZone, notes }: Asked): ChangeMark[] {
  const isOfBoth = (atMs: number): boolean =>
    findClockChanges(jobZone, atMs - 60_000, atMs + 60_000).length > 0;
  const marks = [jobZone, ...(viewerZone === jobZone ? [] : [viewerZone])].flatMap((zone) =>
    findClockChanges(zone, fromMs, untilMs).map(({ atMs, byMs }) => {
      const isOfJob = zone === jobZone;
      const note = isOfJob ? notes.find(({ at }) => Date.parse(at) === atMs)?.note : undefined;
      const moves = describeMove(zone, { atMs, byMs });
      const isOwn = !isOfJob && !isOfBoth(atMs);
      return {
        atMs,
        zone,
        label: `${byMs > 0 ? '+' : '−'}${spanWords(byMs)}`,
        sentence:
          note === undefined ? `${moves}${isOwn ? ` ${describeShift(byMs)}` : ''}` : `${zone}: ${note}`,
        isOfJob,
        isAffecting: note !== undefined,
      };
    }),
  );
  const shown = marks.length > MAX_MARKS ? marks.filter(({ isAffecting }) => isAffecting) : marks;
  return shown.sort((one, other) => one.atMs - other.atMs).slice(0, MAX_MARKS);
}
