import { describe, expect, test } from 'vitest';
import { apiLimits } from '../../../../lib/api/limits.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const minimal = { schedule: '*/5 * * * *', api: 'https://example.com/hook' };
/** The largest response of a Lambda function, including the envelope around the body. */
const LAMBDA_REPLY_BYTES = 6_291_556;
const sentBytes = (text: string) => Buffer.byteLength(JSON.stringify({ body: text }));

/** An API with this number of jobs. */
async function withJobs(count: number, fields: object = {}) {
  const api = makeTestApi();
  for (let made = 0; made < count; made += 1) {
    const reply = await api.call('POST', '/api/v1/jobs', { json: { ...minimal, ...fields } });
    expect(reply.status).toBe(201);
  }
  return api;
}

/** The pages of a list, by its cursors. */
async function readPages(call: ReturnType<typeof makeTestApi>['call'], path: string, query: object) {
  const pages = [];
  for (let cursor = {}; ;) {
    const page = await call('GET', path, { query: { ...query, ...cursor } });
    expect(page.status, page.text).toBe(200);
    pages.push(page);
    if (page.json.nextCursor === null) return pages;
    cursor = { cursor: page.json.nextCursor };
  }
}

describe('a list of jobs', () => {
  test('a list of jobs is read to its end by cursors, which show no offset', async () => {
    const { call } = await withJobs(5);
    const pages = await readPages(call, '/api/v1/jobs', { limit: '2', count: 'true' });
    const ids = pages.map(({ json }) => json.items.map(({ id }: { id: number }) => id));
    expect(ids).toEqual([[1, 2], [3, 4], [5]]);
    expect(pages.map(({ json }) => json.offset)).toEqual([0, undefined, undefined]);
    expect(pages.map(({ json }) => json.total)).toEqual([5, 5, 5]);
  });

  test('a list of jobs continues by a cursor where a page by an offset ended', async () => {
    const { call } = await withJobs(4);
    const page = await call('GET', '/api/v1/jobs', { query: { limit: '1', offset: '1' } });
    const next = await call('GET', '/api/v1/jobs', { query: { cursor: page.json.nextCursor } });
    expect(next.json.items.map(({ id }: { id: number }) => id)).toEqual([3, 4]);
  });

  test('a list of jobs shows bodies only on request', async () => {
    const { call } = await withJobs(1, { body: { a: ['ü'] } });
    const [job] = (await call('GET', '/api/v1/jobs')).json.items;
    expect(job).not.toHaveProperty('body');
    const [whole] = (await call('GET', '/api/v1/jobs', { query: { include: 'body' } })).json.items;
    expect(whole.body).toEqual({ a: ['ü'] });
  });

  test('a page of jobs fits the response of a Lambda function, regardless of the bodies', async () => {
    // Each character takes three bytes, and each quote takes two more in the envelope.
    for (const body of ['€'.repeat(300_000), ['"'.repeat(400_000)]]) {
      const { call } = await withJobs(5, { body });
      const pages = await readPages(call, '/api/v1/jobs', { include: 'body', limit: '1000' });
      for (const { text } of pages) {
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(apiLimits.pageBytes);
        expect(sentBytes(text)).toBeLessThan(LAMBDA_REPLY_BYTES);
      }
      expect(pages.flatMap(({ json }) => json.items).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    }
  });

  test('a page of jobs has a bounded size for large headers as well', async () => {
    const { call } = await withJobs(300, { headers: { 'X-A': 'é'.repeat(8_000), 'X-B': '"'.repeat(8_000) } });
    const pages = await readPages(call, '/api/v1/jobs', { limit: '1000' });
    expect(pages.length).toBeGreaterThan(1);
    for (const { text } of pages) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(apiLimits.pageBytes);
    expect(pages.flatMap(({ json }) => json.items)).toHaveLength(300);
  });

  test.each([
    [{ cursor: 'am9iczox', offset: '0' }, 'offset', 'cannot be used with cursor'],
    [{ cursor: '' }, 'cursor', 'nextCursor'],
    [{ cursor: '17' }, 'cursor', 'nextCursor'],
    [{ cursor: 'a2V5czox' }, 'cursor', 'of this list'],
    [{ cursor: 'am9iczox=' }, 'cursor', 'of this list'],
    [{ cursor: 'x'.repeat(101) }, 'cursor', 'nextCursor'],
    [{ include: 'bodies' }, 'include', 'must be body'],
  ])('a list of jobs refuses %j by %s', async (query, field, remedy) => {
    const reply = await makeTestApi().call('GET', '/api/v1/jobs', { query });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field }] } });
    expect(reply.json.detail).toContain(remedy);
  });
});

test.each([
  ['/api/v1/jobs/1/history', 'writer-key'],
  ['/api/v1/jobs/1/upcoming', 'writer-key'],
  ['/api/v1/keys', 'admin-key'],
])('the list %s has cursors too', async (path, key) => {
  const { call } = await withJobs(1);
  const page = await call('GET', path, { key, query: { limit: '1' } });
  expect(page.json.nextCursor).toEqual(expect.any(String));
  const next = await call('GET', path, { key, query: { limit: '1', cursor: page.json.nextCursor } });
  expect(next.status).toBe(200);
  expect(next.json).not.toHaveProperty('offset');
});

describe('the lists of executions', () => {
  test.each([
    ['/api/v1/executions', { status: 'SCHEDULED' }, 'status', 'GET /api/v1/upcoming'],
    ['/api/v1/executions', { status: 'FAILED;SUCCESS' }, 'status', 'separated by commas'],
    ['/api/v1/executions', { since: 'yesterday' }, 'since', 'ISO 8601'],
    ['/api/v1/executions', { host: 'https://a.example' }, 'host', 'without a scheme'],
    ['/api/v1/executions', { job: '0' }, 'job', 'positive integer'],
    ['/api/v1/executions', { trigger: 'CRON' }, 'trigger', 'SCHEDULE, MANUAL'],
    ['/api/v1/executions', { cursor: 'am9iczox' }, 'cursor', 'of this list'],
    [
      '/api/v1/executions',
      { offset: '1' },
      'offset',
      'is an unknown parameter; the parameters are limit, cursor',
    ],
    [
      '/api/v1/executions',
      { since: '2030-01-02T00:00:00Z', until: '2030-01-01T00:00:00Z' },
      'until',
      'must be later than since; send a later until, or an earlier since',
    ],
    [
      '/api/v1/executions',
      { since: '2030-01-01T01:00:00+01:00', until: '2030-01-01T00:00:00Z' },
      'until',
      'must be later than since',
    ],
    ['/api/v1/upcoming', { until: '2030-02-02T00:00:00Z' }, 'until', '31 days'],
    ['/api/v1/jobs/1/upcoming', { until: '2041-01-01T00:00:00Z' }, 'until', '3,660 days'],
    ['/api/v1/upcoming', { until: '2029-12-31T23:59:59Z' }, 'until', 'is in the past; send an instant'],
    ['/api/v1/jobs/1/upcoming', { until: '2029-12-31T23:59:59Z' }, 'until', 'GET /api/v1/executions lists'],
    ['/api/v1/jobs', { text: 'ab' }, 'text', '3 to 200'],
    ['/api/v1/jobs', { state: 'paused' }, 'state', 'ACTIVE, PAUSED, PAUSED_BY_FAILURES, FINISHED'],
    ['/api/v1/jobs', { tag: 'a\0' }, 'tag', 'NUL'],
    ['/api/v1/jobs', { count: 'yes' }, 'count', 'must be true'],
  ])('the list %s refuses %j by %s', async (path, query, field, remedy) => {
    const { call } = await withJobs(1);
    const reply = await call('GET', path, { query: { ...query } });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field }] } });
    expect(reply.json.detail).toContain(remedy);
  });

  test('executions of all jobs are listed by several statuses, and are read to the end by cursors', async () => {
    const { call } = await withJobs(1);
    const pages = await readPages(call, '/api/v1/executions', { status: 'FAILED,SUCCESS', limit: '1' });
    expect(pages.map(({ json }) => json.items.length)).toEqual([1, 1]);
    const failed = await call('GET', '/api/v1/executions', { query: { status: 'FAILED' } });
    expect(failed.json.items.map(({ status }: { status: string }) => status)).toEqual(['FAILED']);
  });

  test.each(['/api/v1/upcoming', '/api/v1/jobs/1/upcoming'])(
    'the list %s is read on after its last instant has passed',
    async (path) => {
      const { call } = await withJobs(1);
      const first = await call('GET', path, { query: { limit: '1' } });
      const query = { cursor: first.json.nextCursor, until: '2029-12-31T23:59:59Z' };
      expect((await call('GET', path, { query })).status).toBe(200);
    },
  );

  test.each(['/api/v1/upcoming', '/api/v1/jobs/1/upcoming'])(
    'the list %s has dispatched executions and computed ones',
    async (path) => {
      const { call } = await withJobs(1);
      const [first, second] = await readPages(call, path, { limit: '1' });
      expect(first!.json.items).toMatchObject([{ id: 1, isDispatched: true }]);
      expect(second!.json.items).toMatchObject([
        {
          id: null,
          jobId: 1,
          status: 'SCHEDULED',
          executionTime: '2030-01-01T00:01:00.000Z',
          isDispatched: false,
        },
      ]);
    },
  );
});

test('the history has no SCHEDULED executions and says where they are', async () => {
  const { call } = await withJobs(1);
  const reply = await call('GET', '/api/v1/jobs/1/history', { query: { status: 'SCHEDULED' } });
  expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'status' }] } });
  expect(reply.json.detail).toContain('GET /api/v1/jobs/{id}/upcoming');
});

describe('the reply to a batch', () => {
  test('the response to a batch repeats no bodies', async () => {
    const jobs = [{ ...minimal, name: 'a', body: { large: 'x'.repeat(100_000) } }];
    const reply = await makeTestApi().call('POST', '/api/v1/jobs/batch', { json: jobs });
    expect(reply).toMatchObject({ status: 201, json: { items: [{ id: 1, name: 'a' }] } });
    expect(reply.json.items[0]).not.toHaveProperty('body');
  });

  test('a batch whose response would be too large for a Lambda function is refused before anything is stored', async () => {
    const { call, state } = makeTestApi();
    const jobsOf = (description: string, count: number) =>
      Array.from({ length: count }, () => ({ ...minimal, description }));
    const fits = await call('POST', '/api/v1/jobs/batch', { json: jobsOf('"'.repeat(900), 1_000) });
    expect(fits.status).toBe(201);
    expect(sentBytes(fits.text)).toBeLessThan(LAMBDA_REPLY_BYTES);
    const created = state.created.length;
    const over = await call('POST', '/api/v1/jobs/batch', { json: jobsOf('"'.repeat(1_900), 1_000) });
    expect(over).toMatchObject({ status: 413, json: { code: 'PAYLOAD_TOO_LARGE' } });
    expect(over.json.detail).toContain('in several batches');
    expect(state.created).toHaveLength(created);
  });
});

describe('a key that may write but not read', () => {
  const key = 'write-only-key';

  test('a key that may only write changes a job and is shown nothing of it', async () => {
    const { call } = await withJobs(1, { name: 'hidden', body: 'hidden' });
    const reply = await call('PATCH', '/api/v1/jobs/1', { key, json: { timeoutMs: 5 } });
    expect(reply).toMatchObject({ status: 204, text: '' });
    expect((await call('GET', '/api/v1/jobs/1')).json).toMatchObject({ name: 'hidden', timeoutMs: 5 });
    expect((await call('GET', '/api/v1/jobs/1', { key })).status).toBe(403);
  });

  test('a key that may only write receives the fields it has just sent', async () => {
    const { call } = makeTestApi();
    const reply = await call('POST', '/api/v1/jobs', { key, json: { ...minimal, body: 'mine' } });
    expect(reply).toMatchObject({ status: 201, json: { body: 'mine' } });
  });
});
