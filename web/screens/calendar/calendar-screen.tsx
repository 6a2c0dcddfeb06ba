import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type LoadAnswer, loadQuery } from '../../api/load.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { OldCount } from '../../components/old-count.tsx';
import { Screen } from '../../components/screen.tsx';
import { countOf, formatDay } from '../../time/format.ts';
import type { Load } from '../../time/herds.ts';
import { useNow } from '../../time/now.ts';
import { addDays, dateOf, daysFrom } from '../../time/week.ts';
import { useZone } from '../../time/zone.ts';
import * as styles from './calendar-screen.module.css';
import { HerdList } from './herd-list.tsx';
import { HourPanel } from './hour-panel.tsx';
import { NoRuns } from './no-runs.tsx';
import { DESCRIBED_MINUTES } from './queries.ts';
import { Subscribe } from './subscribe.tsx';
import { WeekChoice } from './week-choice.tsx';
import { WeekMap } from './week-map.tsx';

const route = getRouteApi('/calendar');
const WEEK = 7;
const toMs = (instant: string | undefined) => (instant === undefined ? undefined : Date.parse(instant));

/** The load ahead: a week by hours, an hour by minutes, a minute by jobs. */
export const CalendarScreen = () => {
  const search = route.useSearch();
  const zone = useZone();
  const today = dateOf(useNow().getTime(), zone);
  const from = search.from !== undefined && search.from > today ? search.from : today;
  const days = useMemo(() => daysFrom(from, WEEK, zone), [from, zone]);
  const slots = useMemo(() => days.flatMap((day) => day.slots), [days]);
  const asked = {
    from: from === today ? undefined : isoOf(slots[0]?.fromMs),
    until: isoOf(slots.at(-1)?.untilMs),
  };
  const { data, error, refetch } = useQuery(loadQuery(asked, DESCRIBED_MINUTES));
  const load = useMemo(() => data && loadOf(data), [data]);
  const slotOf = (ms: number) => slots.find(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs);
  const hourMs = toMs(search.hour) ?? toMs(search.minute);
  const chosen = hourMs === undefined ? undefined : slotOf(hourMs);

  return (
    <Screen
      title="Calendar"
      lead={
        data === undefined ? (
          'The upcoming runs'
        ) : (
          <>
            {`${data.isExact ? '' : 'About '}${countOf(data.runs, 'run')} of ${countOf(data.jobs, 'job')} until ${formatDay(Date.parse(addDays(from, WEEK - 1)), 'UTC')}`}
            <OldCount at={data.countedAt}>{(time) => <>, counted {time}</>}</OldCount>
          </>
        )
      }
      actions={
        <>
          <Subscribe />
          <WeekChoice from={from} today={today} />
        </>
      }
    >
      {error !== null && (
        <ErrorState title="The load could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.runs === 0 ? (
        <NoRuns />
      ) : (
        <div className={styles.columns}>
          <WeekMap days={days} zone={zone} load={load} chosenMs={chosen?.fromMs} />
          <div className={styles.details}>
            {chosen !== undefined && load !== undefined && data !== undefined && (
              <HourPanel
                {...chosen}
                zone={zone}
                load={load}
                countedAt={data.countedAt}
                minuteMs={toMs(search.minute)}
              />
            )}
            {load !== undefined && data !== undefined && (
              <HerdList load={load} zone={zone} busiest={data.busiest} hourOf={(ms) => slotOf(ms)?.fromMs} />
            )}
          </div>
        </div>
      )}
    </Screen>
  );
};

const loadOf = ({ from, perMinute }: LoadAnswer): Load => ({ fromMs: Date.parse(from), perMinute });

const isoOf = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
