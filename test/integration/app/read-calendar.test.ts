import { beforeEach, expect, test } from 'vitest';
import { readCalendar } from '../../../lib/app/read-calendar.ts';
import { calendarLimits } from '../../../lib/domain/calendar.ts';
import { after, dispatch, emptyTables, NOON, pool, storeJob, useOwnDatabase } from '../db/fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const DAY_MS = 86_400_000;
const read = () => readCalendar(pool, NOON);

test('the calendar has the executions of the next 30 days, dispatched ones too, with the names of their jobs', async () => {
  const daily = await storeJob({
    name: 'daily',
    schedule: '0 13 * * *',
    nextExecutionTime: after(3_600_000),
  });
  const keyed = await storeJob({
    name: null,
    key: 'billing/close',
    isRecurring: false,
    nextExecutionTime: after(DAY_MS),
  });
  const unnamed = await storeJob({ name: null, isRecurring: false, nextExecutionTime: after(2 * DAY_MS) });
  await storeJob({ name: 'far', isRecurring: false, nextExecutionTime: after(31 * DAY_MS) });
  await storeJob({ name: 'paused', isActive: false, nextExecutionTime: null });
  await dispatch(daily.id, after(60_000));
  const { events, isCapped } = await read();
  expect(isCapped).toBe(false);
  const namesOf = (jobId: number) => events.filter((event) => event.jobId === jobId).map(({ name }) => name);
  expect(namesOf(daily.id)).toEqual(Array.from({ length: 31 }, () => 'daily'));
  expect(namesOf(keyed.id)).toEqual(['billing/close']);
  expect(namesOf(unnamed.id)).toEqual([`Job ${unnamed.id}`]);
  expect(events.map(({ name }) => name)).not.toContain('far');
  expect(events[0]).toEqual({ jobId: daily.id, name: 'daily', timeMs: after(60_000).getTime() });
});

test('a job of each minute does not hide the jobs after it', async () => {
  const often = await storeJob({ name: 'often', schedule: '* * * * *', nextExecutionTime: after(60_000) });
  const later = await storeJob({ name: 'later', isRecurring: false, nextExecutionTime: after(29 * DAY_MS) });
  const { events, isCapped } = await read();
  expect(isCapped).toBe(true);
  expect(events.filter(({ jobId }) => jobId === often.id)).toHaveLength(calendarLimits.eventsPerJob);
  expect(events.at(-1)).toMatchObject({ jobId: later.id, name: 'later' });
});
