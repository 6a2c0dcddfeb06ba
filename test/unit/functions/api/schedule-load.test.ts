import { describe, expect, test } from 'vitest';
import type { AskedLoad } from '../../../../lib/app/load/asked-load.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const path = '/api/v1/schedules/load';
// The clock of the test API shows 2030-01-01T00:00:00Z.

describe('a request for the load', () => {
  test('the default window is the next 24 hours', async () => {
    const { call } = makeTestApi();
    const { status, json } = await call('POST', path, { json: {} });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      from: '2030-01-01T00:00:00.000Z',
      until: '2030-01-02T00:00:00.000Z',
      runs: 0,
    });
    expect(json.perMinute).toHaveLength(1_440);
  });

  test('the window is widened to whole minutes, and may have 31 days', async () => {
    const { call } = makeTestApi();
    const asked = { from: '2030-02-01T10:00:30Z', until: '2030-03-04T10:00:00Z' };
    const { json } = await call('POST', path, { json: asked });
    expect(json).toMatchObject({ from: '2030-02-01T10:00:00.000Z', until: '2030-03-04T10:00:00.000Z' });
    const longer = await call('POST', path, { json: { ...asked, until: '2030-03-04T10:00:01Z' } });
    expect(longer.json.errors).toMatchObject([
      { field: 'until', message: expect.stringContaining('31 days') },
    ]);
  });

  test('runs are counted now, unless the request accepts an age', async () => {
    const asked: AskedLoad[] = [];
    const countedAtMs = Date.parse('2029-12-31T23:57:00Z');
    const { call } = makeTestApi({
      readScheduleLoad: async (load) => {
        asked.push(load);
        return { countedAtMs, jobs: 2_000, perMinute: [7], isExact: true, busiest: [] };
      },
    });
    for (const json of [{}, { maxAgeSeconds: 0 }, { maxAgeSeconds: 3_600, busiest: 0 }]) {
      expect((await call('POST', path, { json })).json).toMatchObject({
        countedAt: '2029-12-31T23:57:00.000Z',
      });
    }
    expect(asked.map(({ maxAgeMs }) => maxAgeMs)).toEqual([0, 0, 3_600_000]);
  });

  test('the load needs the scope read alone', async () => {
    const { call } = makeTestApi();
    expect((await call('POST', path, { json: {}, key: 'reader-key' })).status).toBe(200);
    expect((await call('POST', path, { json: {}, key: 'write-only-key' })).status).toBe(403);
  });

  test.each([
    ['a window in the past', { from: '2029-12-31T23:58:00Z' }, 'from'],
    ['an end in the past', { until: '2029-12-31T23:00:00Z' }, 'until'],
    ['an end before the start', { from: '2030-01-02T00:00:00Z', until: '2030-01-01T12:00:00Z' }, 'until'],
    ['an empty window', { from: '2030-01-02T00:00:00Z', until: '2030-01-02T00:00:00Z' }, 'until'],
    ['no ids', { jobIds: [] }, 'jobIds'],
    ['too many ids', { jobIds: Array.from({ length: 1_001 }, (_, index) => index + 1) }, 'jobIds'],
    ['too many minutes', { busiest: 61 }, 'busiest'],
    ['a negative age', { maxAgeSeconds: -1 }, 'maxAgeSeconds'],
    ['an age of more than an hour', { maxAgeSeconds: 3_601 }, 'maxAgeSeconds'],
    ['a part of a second', { maxAgeSeconds: 0.5 }, 'maxAgeSeconds'],
    ['an unknown field', { step: 60 }, 'step'],
  ])('%s is refused', async (_, json, field) => {
    const { call } = makeTestApi();
    const reply = await call('POST', path, { json });
    expect(reply.json).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect(reply.json.errors[0].field).toMatch(new RegExp(`^${field}`));
  });
});
