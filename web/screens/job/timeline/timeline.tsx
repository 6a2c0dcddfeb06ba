import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { historyQuery, upcomingQuery } from '../../../api/job-queries.ts';
import { useRefresh } from '../../../api/queries.ts';
import type { Job } from '../../../api/types.ts';
import { Button } from '../../../components/button.tsx';
import { useWidth } from '../../../components/use-width.ts';
import { zoneName } from '../../../time/format.ts';
import { useNow } from '../../../time/now.ts';
import { DAY_MS } from '../../../time/units.ts';
import { useZone } from '../../../time/zone.ts';
import { Drawing } from './drawing.tsx';
import { endOf, hasTails, hasTwoScales } from './layout.ts';
import { Legend } from './legend.tsx';
import { describeMark, describeMarks, jitterSentence } from './mark-words.ts';
import { collectMarks, type Mark, SIDE } from './marks.ts';
import { MarksTable } from './marks-table.tsx';
import * as styles from './timeline.module.css';
import { useChangeMarks } from './use-change-marks.ts';

const AHEAD_DAYS = 3_650;

/** The last and the next occurrences of a job on one axis, by its own clock and by the viewer's. */
export const Timeline = ({ job }: { job: Job }) => {
  const refresh = useRefresh();
  const history = useQuery({ ...historyQuery(job.id, { limit: 2 * SIDE }), ...refresh });
  const now = useNow();
  // Without an end, the list has the next occurrence, even if it is decades away.
  const isFar = Date.parse(job.nextExecutionTime ?? '') > now.getTime() + AHEAD_DAYS * DAY_MS;
  const upcoming = useQuery({
    ...upcomingQuery(job.id, { limit: SIDE, ...(!isFar && { days: AHEAD_DAYS }) }),
    ...refresh,
  });
  const marks = collectMarks(history.data?.items ?? [], upcoming.data?.items ?? []);
  const [pointed, setPointed] = useState<Mark>();
  const [isTable, setTable] = useState(false);
  const { frame, width } = useWidth();
  const navigate = useNavigate();
  const viewerZone = useZone();
  const changes = useChangeMarks(job, marks, viewerZone, now);

  const isRead = history.isSuccess && upcoming.isSuccess;
  const endMs = endOf(marks, job.isRecurring);
  const jitter = jitterSentence(marks, job.retry);
  return (
    <figure className={styles.figure} aria-label="Timeline">
      <div className={styles.head}>
        <p className={styles.zone}>
          <Clock zone={job.timeZone} now={now} />, the job’s clock
        </p>
        <Button look="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? 'Show as drawing' : 'Show as table'}
        </Button>
      </div>
      {isTable ? (
        <MarksTable marks={marks} jobZone={job.timeZone} viewerZone={viewerZone} />
      ) : (
        <div ref={frame} className={styles.frame}>
          {isRead && width > 0 && (
            <Drawing
              marks={marks}
              changes={changes}
              endMs={endMs}
              nowMs={now.getTime()}
              jobZone={job.timeZone}
              viewerZone={viewerZone}
              width={width}
              onPoint={setPointed}
              onOpen={(id) => void navigate({ to: '/executions/$id', params: { id: String(id) } })}
            />
          )}
        </div>
      )}
      <div className={styles.foot}>
        {viewerZone !== job.timeZone && (
          <p className={styles.zone}>
            <Clock zone={viewerZone} now={now} />, your clock
          </p>
        )}
        {!isTable && isRead && <Legend marks={marks} hasTails={hasTails(marks, now.getTime(), width)} />}
      </div>
      <figcaption className={styles.readout}>
        {pointed !== undefined
          ? describeMark(pointed, job.timeZone)
          : isRead &&
            [
              describeMarks(marks),
              ...(jitter === undefined ? [] : [jitter]),
              ...(hasTwoScales(marks, now.getTime())
                ? ['The past and the future have scales of their own.']
                : []),
              ...(endMs === undefined ? [] : ['The schedule ends there.']),
            ].join(' ')}
      </figcaption>
      {changes.length > 0 && (
        <ul className={styles.notes}>
          {changes.map(({ atMs, zone, sentence }) => (
            <li key={`${zone} ${atMs}`}>{sentence}</li>
          ))}
        </ul>
      )}
    </figure>
  );
};

/** A zone, and what its clock is called now where that is something else. */
const Clock = ({ zone, now }: { zone: string; now: Date }) => {
  const name = zoneName(now, zone);
  return (
    <>
      <strong>{zone}</strong>
      {name !== zone && ` ${name}`}
    </>
  );
};
