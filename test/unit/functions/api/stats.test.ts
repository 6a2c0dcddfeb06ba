import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';
import { parseOpenMetrics } from '../../../support/open-metrics.ts';

describe('GET /api/v1/stats', () => {
  test('the statistics of a range have a point for each step', async () => {
    const { call } = makeTestApi();
    const query = { from: '2029-12-31T23:55:00Z', step: '1m' };
    const { status, json } = await call('GET', '/api/v1/stats', { query });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      from: '2029-12-31T23:55:00.000Z',
      to: '2030-01-01T00:00:00.000Z',
      stepSeconds: 60,
      group: null,
      countedUntil: null,
      total: { retries: 0, durationMs: null },
    });
    expect(json.points.map(({ at }: { at: string }) => at)).toEqual(
      [55, 56, 57, 58, 59].map((minute) => `2029-12-31T23:${minute}:00.000Z`),
    );
  });

  test.each([
    ['5m', 300],
    ['2h', 7_200],
    ['1d', 86_400],
    ['600', 600],
    ['600s', 600],
  ])('a step of %s is %i seconds', async (step, seconds) => {
    const { json } = await makeTestApi().call('GET', '/api/v1/stats', { query: { step } });
    expect(json.stepSeconds).toBe(seconds);
  });

  test.each([
    [{ step: '1w' }, 'step', /must be minutes, hours or days, such as 1m, 5m, 1h or 1d/],
    [{ step: '0' }, 'step', /must be minutes/],
    [{ step: '90' }, 'step', /must be a multiple of 60 seconds/],
    [{ step: '1m', from: '2029-12-01T00:00:00Z' }, 'step', /at most 2016 are possible; use a longer step/],
    [{ from: 'yesterday' }, 'from', /must be an ISO 8601 instant in the form/],
    [{ from: '2029-12-31T00:00:00' }, 'from', /must be an ISO 8601 instant in the form/],
    [{ to: '2029-12-31T00:00:00Z', from: '2029-12-31T00:00:00Z' }, 'to', /must be later than from/],
    [{ group: '' }, 'group', /must be the name of a group/],
    [{ until: 'now' }, 'until', /is an unknown parameter/],
  ])('the query %o is refused', async (query: Record<string, string>, field, message) => {
    const { status, json } = await makeTestApi().call('GET', '/api/v1/stats', { query });
    expect(status).toBe(400);
    expect(json.errors).toEqual([{ field, message: expect.stringMatching(message) }]);
  });
});

describe('GET /api/v1/stats/groups', () => {
  test('each series has its share of failures, and a point for each step', async () => {
    const query = { from: '2029-12-31T23:58:00Z', step: '1m' };
    const { status, json } = await makeTestApi().call('GET', '/api/v1/stats/groups', { query });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      from: '2029-12-31T23:58:00.000Z',
      stepSeconds: 60,
      groups: [
        {
          group: 'billing',
          succeeded: 2,
          failed: 1,
          failureShare: 0.3333,
          points: [
            { at: '2029-12-31T23:58:00.000Z', succeeded: 2, failed: 1 },
            { at: '2029-12-31T23:59:00.000Z', succeeded: 0, failed: 0 },
          ],
        },
      ],
      others: { failureShare: null, points: [{ failed: 0 }, { failed: 0 }] },
    });
  });

  test.each([
    [{ limit: '11' }, 'limit', /must be an integer from 1 to 10/],
    [{ limit: '0' }, 'limit', /must be an integer from 1 to 10/],
    [{ step: '90' }, 'step', /must be a multiple of 60 seconds/],
    [{ group: 'billing' }, 'group', /is an unknown parameter/],
  ])('the query %o is refused', async (query: Record<string, string>, field, message) => {
    const { status, json } = await makeTestApi().call('GET', '/api/v1/stats/groups', { query });
    expect(status).toBe(400);
    expect(json.errors).toEqual([{ field, message: expect.stringMatching(message) }]);
  });
});

describe('GET /metrics', () => {
  test('the metrics are OpenMetrics text', async () => {
    const { status, headers, text } = await makeTestApi().call('GET', '/metrics', {
      key: null,
      headers: { authorization: 'Bearer reader-key' },
    });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(parseOpenMetrics(text).size).toBeGreaterThan(5);
  });

  test('the metrics need a key', async () => {
    const { call } = makeTestApi();
    expect((await call('GET', '/metrics', { key: null })).status).toBe(401);
    expect((await call('GET', '/metrics', { key: 'admin-key' })).status).toBe(403);
  });
});
