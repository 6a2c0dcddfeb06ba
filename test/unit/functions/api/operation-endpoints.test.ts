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

  test.each([
    ['an empty filter', { ...asked, filter: {}, dryRun: true }, 'filter'],
    ['all jobs and a condition', { ...asked, filter: { all: true, tag: 'a' }, dryRun: true }, 'filter'],
    ['a request without dryRun and token', asked, 'token'],
    ['a dry run with a token', { ...asked, dryRun: true, token: 't' }, 'token'],
    ['an unknown action', { ...asked, action: 'explode', dryRun: true }, 'action'],
    ['tags for another action', { ...asked, addTags: ['a'], dryRun: true }, 'addTags'],
    ['the action tag without tags', { ...asked, action: 'tag', dryRun: true }, 'addTags'],
    ['a group for another action', { ...asked, group: 'a', dryRun: true }, 'group'],
    ['the action group without a group', { ...asked, action: 'group', dryRun: true }, 'group'],
    ['a group without a name', { ...asked, action: 'group', group: '', dryRun: true }, 'group'],
    ['a rate of zero', { ...asked, ratePerSecond: 0, dryRun: true }, 'ratePerSecond'],
  ])('%s is refused with the name of the field', async (_, json, field) => {
    const { call } = makeTestApi();
    expect(await call('POST', '/api/v1/operations', { json })).toMatchObject({
      status: 400,
      json: { code: 'VALIDATION_ERROR', errors: [{ field }] },
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
