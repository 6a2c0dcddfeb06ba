import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

const path = '/api/v1/jobs/failing';

/** The answer for jobs with these failures in a row. */
async function answer(failures: readonly number[]) {
  const { call, state } = makeTestApi();
  for (const failuresInARow of failures) {
    const json = { schedule: '@hourly', api: 'https://example.com/' };
    const created = await call('POST', '/api/v1/jobs', { json });
    const job = state.jobs.get(created.json.id)!;
    state.jobs.set(job.id, { ...job, failuresInARow, lastOutcome: 'FAILED' });
  }
  return call('GET', path);
}

describe('the answer with failing jobs', () => {
  test('it has the jobs without their bodies, and the counts', async () => {
    const { status, json } = await answer([3, 1]);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      items: [{ id: 1, failuresInARow: 3, pausedByFailuresAt: null }, { id: 2 }],
      total: 2,
      totalIsCapped: false,
      pausedByFailures: { count: 0, isCapped: false },
    });
    expect(json.items[0]).not.toHaveProperty('body');
  });

  test.each(['0', '51', '-1', '1.5', 'ten', ''])('a limit of %j is refused', async (limit) => {
    const reply = await makeTestApi().call('GET', path, { query: { limit } });
    expect(reply).toMatchObject({
      status: 400,
      json: { errors: [{ field: 'limit', message: 'must be an integer from 1 to 50' }] },
    });
  });

  test.each(['cursor', 'offset', 'count', 'state'])('%s is not a parameter', async (name) => {
    const reply = await makeTestApi().call('GET', path, { query: { [name]: '1' } });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: name }] } });
  });
});
