import { expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

const minimal = { schedule: '@hourly', api: 'https://example.com/' };

const path = '/api/v1/jobs/summaries';

test('summaries are asked for by the ids of jobs', async () => {
  const { call } = makeTestApi();
  for (const name of ['one', 'two', 'three'])
    await call('POST', '/api/v1/jobs', { json: { ...minimal, name } });
  const reply = await call('GET', path, { query: { ids: '3,1', runs: '5' } });
  expect(reply.json.items).toMatchObject([{ name: 'one' }, { name: 'three' }]);
});

test.each([
  ['no ids', {}, 'ids'],
  ['an id that is not a number', { ids: '1,two' }, 'ids'],
  ['101 ids', { ids: Array.from({ length: 101 }, (_, index) => index + 1).join(',') }, 'ids'],
  ['51 runs', { ids: '1', runs: '51' }, 'runs'],
])('a request for summaries with %s is refused', async (_, query, field) => {
  const reply = await makeTestApi().call('GET', path, { query });
  expect(reply).toMatchObject({ status: 400, json: { code: 'VALIDATION_ERROR', errors: [{ field }] } });
});
