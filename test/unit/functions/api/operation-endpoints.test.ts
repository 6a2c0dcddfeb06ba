import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

const asked = { action: 'pause', filter: { tag: 'reports' } };

describe('the routes of bulk operations', () => {
  test('a dry run answers with a token, and its token starts the operation', async () => {
    const { call } = makeTestApi();
    const dry = await call('POST', '/api/v1/operations', { json: { ...asked, dryRun: true } });
    expect(dry).toMatchObject({ status: 200, json: { matched: { count: 2 } } });
    const started = await call('POST', '/api/v1/operations', { json: { ...asked, token: dry.json.token } });
    expect(started).toMatchObject({ status: 202, json: { state: 'RUNNING', startedBy: expect.any(String) } });
  });

  test('an operation on some of the jobs starts without a dry run', async () => {
    const { call } = makeTestApi();
    const { status, json } = await call('POST', '/api/v1/operations', { json: asked });
    expect({ status, ...json }).toMatchObject({ status: 202, state: 'RUNNING', filter: { tag: 'reports' } });
  });

  test('a dry run of a spread shows what it would do to some jobs', async () => {
    const { call } = makeTestApi();
    const spread = { action: 'spread', spread: { withinSeconds: 300 }, filter: { schedule: '@hourly' } };
    const dry = await call('POST', '/api/v1/operations', { json: { ...spread, dryRun: true } });
    expect(dry).toMatchObject({
      status: 200,
      json: { spread: { jobs: 2, example: { newSchedule: '17 3 * * * *', newAt: expect.any(String) } } },
    });
    const started = await call('POST', '/api/v1/operations', { json: { ...spread, token: dry.json.token } });
    expect(started).toMatchObject({
      status: 202,
      json: { action: 'spread', spread: { withinSeconds: 300 } },
    });
  });

  test('an operation is aborted once', async () => {
    const { call } = makeTestApi();
    await call('POST', '/api/v1/operations', { json: { ...asked, token: 't' } });
    expect(await call('POST', '/api/v1/operations/2/abort')).toMatchObject({
      status: 200,
      json: { state: 'ABORTED' },
    });
    expect(await call('POST', '/api/v1/operations/2/abort')).toMatchObject({
      status: 409,
      json: { code: 'OPERATION_NOT_RUNNING' },
    });
    expect(await call('GET', '/api/v1/operations/3')).toMatchObject({
      status: 404,
      json: { code: 'OPERATION_NOT_FOUND' },
    });
  });

  test('an operation takes a repeated tag once', async () => {
    const { call } = makeTestApi();
    const tags = { action: 'tag', addTags: ['a', 'b', 'a'], removeTags: ['c', 'c'] };
    expect(
      await call('POST', '/api/v1/operations', { json: { ...asked, ...tags, token: 't' } }),
    ).toMatchObject({ status: 202, json: { addTags: ['a', 'b'], removeTags: ['c'] } });
  });

  test.each([
    ['an empty filter', { filter: {}, dryRun: true }, 'filter', '{"all": true} for all jobs'],
    [
      'all jobs and a condition',
      { filter: { all: true, tag: 'a' }, dryRun: true },
      'filter.all',
      'cannot be combined with a condition (tag)',
    ],
    ['an unknown condition', { filter: { tags: 'a' }, dryRun: true }, 'filter.tags', 'did you mean tag?'],
    [
      'no ids',
      { filter: { ids: [] }, dryRun: true },
      'filter.ids',
      'must be an array of 1 to 100 ids of jobs',
    ],
    [
      'an id that is a string',
      { filter: { ids: ['7'] }, dryRun: true },
      'filter.ids[0]',
      'which are integers',
    ],
    ['an odd condition', { filter: { x: 'a' }, dryRun: true }, 'filter.x', 'the fields are text, keyPrefix,'],
    [
      'an operation on all jobs without a token',
      { filter: { all: true } },
      'token',
      'needs the token of a dry run',
    ],
    [
      'a dry run with a token',
      { dryRun: true, token: 't' },
      'token',
      'cannot be sent with dryRun true; leave dryRun out to start',
    ],
    ['an unknown action', { action: 'explode', dryRun: true }, 'action', 'must be one of pause, resume'],
    [
      'tags for another action',
      { addTags: ['a'], dryRun: true },
      'addTags',
      'is only for the action tag, not for pause',
    ],
    [
      'tags to remove for another action',
      { removeTags: ['a'], dryRun: true },
      'removeTags',
      'is only for the action tag',
    ],
    [
      'the action tag without tags',
      { action: 'tag', dryRun: true },
      'addTags',
      'is missing; the action tag needs',
    ],
    [
      'a tag that is not a string',
      { action: 'tag', addTags: ['a', 1], dryRun: true },
      'addTags[1]',
      'must be a string of 1 to',
    ],
    [
      'a group for another action',
      { group: 'a', dryRun: true },
      'group',
      'is only for the action group, not for pause',
    ],
    [
      'the action group without a group',
      { action: 'group', dryRun: true },
      'group',
      'is missing; the action group',
    ],
    [
      'a group without a name',
      { action: 'group', group: '', dryRun: true },
      'group',
      'must be a string of 1 to',
    ],
    [
      'a window for another action',
      { spread: { withinSeconds: 5 }, dryRun: true },
      'spread',
      'is only for the action spread, not for pause',
    ],
    [
      'the action spread without a window',
      { action: 'spread', dryRun: true },
      'spread',
      'is missing; the action',
    ],
    [
      'a window of more than an hour',
      { action: 'spread', spread: { withinSeconds: 3_601 }, dryRun: true },
      'spread.withinSeconds',
      'must be an integer from 1 to 3600',
    ],
    [
      'a window without its seconds',
      { action: 'spread', spread: {}, dryRun: true },
      'spread.withinSeconds',
      'must be an integer',
    ],
    [
      'a run of more jobs a second than workers send',
      { action: 'run', ratePerSecond: 1_001, dryRun: true },
      'ratePerSecond',
      'must be at most 1000 for the action run',
    ],
    ['a rate of zero', { ratePerSecond: 0, dryRun: true }, 'ratePerSecond', 'must be an integer from 1'],
  ])('%s is refused with the name of the field and the remedy', async (_, json, field, remedy) => {
    const { call } = makeTestApi();
    expect(await call('POST', '/api/v1/operations', { json: { ...asked, ...json } })).toMatchObject({
      status: 400,
      json: { code: 'VALIDATION_ERROR', errors: [{ field, message: expect.stringContaining(remedy) }] },
    });
  });

  test('a key without the scope `read` does not see the schedules of jobs, or an operation of others', async () => {
    const { call } = makeTestApi();
    const key = 'write-only-key';
    const spread = { action: 'spread', spread: { withinSeconds: 300 }, filter: { schedule: '@hourly' } };
    const dry = await call('POST', '/api/v1/operations', { json: { ...spread, dryRun: true }, key });
    expect(Object.keys(dry.json)).toEqual(['matched', 'token']);
    await call('POST', '/api/v1/operations', { json: { ...asked, token: 't' } });
    expect(await call('POST', '/api/v1/operations/2/abort', { key })).toMatchObject({
      status: 204,
      text: '',
    });
  });

  test('a key without the scope `write` starts no operation', async () => {
    const { call } = makeTestApi();
    expect(
      await call('POST', '/api/v1/operations', { key: 'reader-key', json: { ...asked, dryRun: true } }),
    ).toMatchObject({
      status: 403,
    });
  });
});
