import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

const path = '/api/v1/schedules/preview';

describe('a preview of a schedule', () => {
  test('a preview has the words, the next times and the changes of the clock', async () => {
    const { call } = makeTestApi();
    const json = {
      schedule: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      count: 2,
      after: '2027-03-27T00:00:00Z',
    };
    const reply = await call('POST', path, { json });
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      schedule: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      kind: 'cron',
      words: 'at 02:30 every day, Europe/Berlin time',
      nextTimes: [
        { utc: '2027-03-27T01:30:00.000Z', local: '2027-03-27T02:30:00+01:00' },
        { utc: '2027-03-28T01:00:00.000Z', local: '2027-03-28T03:00:00+02:00' },
      ],
      clockChanges: [
        {
          at: '2027-03-28T01:00:00.000Z',
          effect: 'MOVED',
          times: 1,
          note: expect.stringContaining('02:30 does not exist'),
        },
        {
          at: '2027-10-31T01:00:00.000Z',
          effect: 'ONCE',
          times: 1,
          note: expect.stringContaining('comes twice'),
        },
        { at: '2028-03-26T01:00:00.000Z', effect: 'MOVED', times: 1, note: expect.any(String) },
        { at: '2028-10-29T01:00:00.000Z', effect: 'ONCE', times: 1, note: expect.any(String) },
      ],
      timeZoneData: expect.stringMatching(/^\d{4}[a-z]$/),
    });
  });

  test('a preview has ten times from now in UTC if nothing else is asked for', async () => {
    const { call } = makeTestApi();
    const { json } = await call('POST', path, { json: { schedule: '0 12 * * *' } });
    expect(json.nextTimes).toHaveLength(10);
    expect(json.nextTimes[0]).toEqual({
      utc: '2030-01-01T12:00:00.000Z',
      local: '2030-01-01T12:00:00+00:00',
    });
  });

  test('the first time of an interval is an interval from now', async () => {
    const { call } = makeTestApi();
    const { json } = await call('POST', path, { json: { schedule: '@every 90s', count: 1 } });
    expect(json).toMatchObject({ kind: 'interval', nextTimes: [{ utc: '2030-01-01T00:01:30.000Z' }] });
  });

  test('a preview needs the scope read alone', async () => {
    const { call } = makeTestApi();
    const json = { schedule: '@daily' };
    expect((await call('POST', path, { json, key: 'reader-key' })).status).toBe(200);
    expect((await call('POST', path, { json, key: 'write-only-key' })).status).toBe(403);
  });

  test.each([
    ['a wrong schedule', { schedule: '61 * * * *' }, 'INVALID_SCHEDULE', 'schedule'],
    ['a wrong time zone', { schedule: '@daily', timeZone: 'Mars' }, 'INVALID_SCHEDULE', 'timeZone'],
    ['a local time without a time zone', { schedule: '2031-05-01T12:00:00' }, 'INVALID_SCHEDULE', 'schedule'],
    ['an instant in the past', { schedule: '2020-05-01T12:00:00Z' }, 'INVALID_SCHEDULE', 'schedule'],
    ['a date that never comes', { schedule: '0 0 30 2 *' }, 'INVALID_SCHEDULE', 'schedule'],
    ['no schedule', {}, 'INVALID_SCHEDULE', 'schedule'],
    ['too many times', { schedule: '@daily', count: 101 }, 'VALIDATION_ERROR', 'count'],
    [
      'an instant without an offset',
      { schedule: '@daily', after: '2031-05-01T12:00:00' },
      'VALIDATION_ERROR',
      'after',
    ],
    ['an unknown field', { schedule: '@daily', n: 5 }, 'VALIDATION_ERROR', 'n'],
  ])('a preview with %s is refused', async (_, json, code, field) => {
    const { call } = makeTestApi();
    const reply = await call('POST', path, { json });
    expect(reply.json).toMatchObject({ status: 400, code, errors: [{ field }] });
  });
});
