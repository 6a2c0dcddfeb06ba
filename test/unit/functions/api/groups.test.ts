import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

describe.each([
  ['/api/v1/groups', 'failures'],
  ['/api/v1/hosts', 'slow'],
])('the list %s', (path, otherOrder) => {
  test('the cursor of a page leads to the next one, and another list refuses it', async () => {
    const { call } = makeTestApi();
    const { status, json } = await call('GET', path, { query: { limit: '1' } });
    expect(status).toBe(200);
    expect(typeof json.nextCursor).toBe('string');
    const next = await call('GET', path, { query: { limit: '1', cursor: json.nextCursor } });
    expect(next.status).toBe(200);
    const other = path.endsWith('groups') ? '/api/v1/hosts' : '/api/v1/groups';
    expect((await call('GET', other, { query: { cursor: json.nextCursor } })).status).toBe(400);
  });

  test('the other order has one page, and refuses a cursor', async () => {
    const { call } = makeTestApi();
    const { json } = await call('GET', path, { query: { order: otherOrder } });
    expect(json.nextCursor).toBe(null);
    const { json: page } = await call('GET', path, { query: { limit: '1' } });
    const refused = await call('GET', path, { query: { order: otherOrder, cursor: page.nextCursor } });
    expect(refused.json.errors).toMatchObject([
      { field: 'cursor', message: expect.stringContaining('which has one page') },
    ]);
  });

  test.each([
    [{ limit: '101' }, 'limit', 'from 1 to 100'],
    [{ cursor: 'x' }, 'cursor', 'nextCursor'],
    [{ order: 'random' }, 'order', 'must be one of'],
    [{ group: 'a' }, 'group', 'unknown'],
  ])('a list refuses the query %j with the remedy', async (query, field, message) => {
    const { call } = makeTestApi();
    const { status, json } = await call('GET', path, { query });
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ field, message: expect.stringContaining(message) }]);
  });

  test('the list needs the scope read', async () => {
    const { call } = makeTestApi();
    expect((await call('GET', path, { key: 'reader-key' })).status).toBe(200);
    expect((await call('GET', path, { key: 'write-only-key' })).status).toBe(403);
  });
});

test('a host has the share and the mean of its requests', async () => {
  const { call } = makeTestApi();
  const { json } = await call('GET', '/api/v1/hosts');
  expect(json.items).toMatchObject([
    { host: 'example.com', lastHour: { failureShare: 0.25, durationMs: { mean: 25, max: 70 } } },
  ]);
});

test('the span of groups is a day by default, and another span is refused', async () => {
  const { call } = makeTestApi();
  expect((await call('GET', '/api/v1/groups')).json).toMatchObject({ span: '24h', countedUntil: null });
  const { json } = await call('GET', '/api/v1/groups', { query: { span: '2h' } });
  expect(json.errors).toMatchObject([{ field: 'span', message: 'must be one of 1h, 24h, 7d, 30d' }]);
});
