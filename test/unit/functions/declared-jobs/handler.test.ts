import { describe, expect, test } from 'vitest';
import { makeHandler, type DeclaredJobsDeps } from '../../../../functions/declared-jobs/handler.ts';
import { InvalidScheduleError, UnavailableError } from '../../../../lib/domain/errors.ts';
import type { NewJob } from '../../../../lib/domain/job.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { loopbackPolicy } from '../../../support/outgoing.ts';
import { makeTestLog } from '../../../support/test-log.ts';

const START = Date.parse('2030-01-01T00:00:00Z');
const minimal = { schedule: '@daily', api: 'https://example.com/' };

/** The event as the provider framework sends it. */
const request = (RequestType: string, properties: object, more: object = {}) => ({
  RequestType,
  ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:framework',
  ResponseURL: '...',
  StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/shop/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Nightly',
  ResourceType: 'Custom::BelfryJob',
  ResourceProperties: { ServiceToken: 'arn', ...properties },
  ...more,
});
const declaring = (RequestType: string, Name: unknown, job: object = minimal, more: object = {}) =>
  request(RequestType, { Name, Job: JSON.stringify(job) }, more);

function setUp(overrides: Partial<DeclaredJobsDeps> = {}) {
  const { logger, logs } = makeTestLog();
  const asked: { declared: [string, NewJob][]; retracted: string[]; untilMs: number[] } = {
    declared: [],
    retracted: [],
    untilMs: [],
  };
  const handler = makeHandler({
    awaitDatabase: async (untilMs) => void asked.untilMs.push(untilMs),
    declareJob: async (name, job) => {
      asked.declared.push([name, job]);
      const at = new Date(START);
      return {
        ...job,
        id: 12_345_678,
        createdAt: at,
        updatedAt: at,
        version: 1,
        nextExecutionTime: null,
        failuresInARow: 0,
        lastOutcome: null,
        pausedByFailuresAt: null,
      };
    },
    retractJob: async (name) => void asked.retracted.push(name),
    outgoing: loopbackPolicy,
    clock: new ManualClock(START),
    logger,
    ...overrides,
  });
  const context = { awsRequestId: 'invocation-1', getRemainingTimeInMillis: () => 60_000 };
  return { asked, logs, send: (event: unknown) => handler(event, context) };
}

describe('a declared job', () => {
  test.each(['Create', 'Update'])(
    'a declared job is created or changed at a %s, and identified by its name',
    async (type) => {
      const { send, asked } = setUp();
      expect(await send(declaring(type, 'nightly'))).toEqual({
        PhysicalResourceId: 'belfry-job:nightly',
        Data: { JobId: '12345678' },
      });
      expect(asked.declared).toMatchObject([['nightly', { ...minimal, name: 'nightly', maxRetryCount: 3 }]]);
    },
  );

  test('a declared job under another name is another resource', async () => {
    const { send } = setUp();
    const before = { PhysicalResourceId: 'belfry-job:nightly', OldResourceProperties: { Name: 'nightly' } };
    const reply = await send(declaring('Update', 'weekly', minimal, before));
    expect(reply.PhysicalResourceId).toBe('belfry-job:weekly');
  });

  test('the id of a declared job is valid in CloudFormation, even if its name is long', async () => {
    const { send } = setUp();
    const { PhysicalResourceId } = await send(declaring('Create', '€'.repeat(200)));
    expect(Buffer.byteLength(PhysicalResourceId)).toBeLessThanOrEqual(1_024);
  });

  test('a declared job is removed at a Delete, by the id of its resource, regardless of its properties', async () => {
    const { send, asked } = setUp();
    const old = { PhysicalResourceId: 'belfry-job:a: b' };
    expect(await send(request('Delete', { Name: 5, Job: '{' }, old))).toEqual(old);
    expect(await send({ RequestType: 'Delete', ...old })).toEqual(old);
    expect(asked.retracted).toEqual(['a: b', 'a: b']);
  });

  test.each(['AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID', 'request-1'])(
    'a declared job that was never created leaves nothing to delete: %s',
    async (PhysicalResourceId) => {
      const { send, asked } = setUp();
      const reply = await send(declaring('Delete', 'nightly', minimal, { PhysicalResourceId }));
      expect(reply).toEqual({ PhysicalResourceId });
      expect(asked).toMatchObject({ retracted: [], untilMs: [] });
    },
  );

  test('a declared job waits for a database that starts, and keeps time for the rest', async () => {
    const { send, asked } = setUp();
    await send(declaring('Create', 'nightly'));
    await send(request('Delete', {}, { PhysicalResourceId: 'belfry-job:nightly' }));
    expect(asked.untilMs).toEqual([START + 40_000, START + 40_000]);
  });

  test('a declared job is one line in the log, by its id', async () => {
    const { send, logs } = setUp();
    await send(declaring('Create', 'nightly', { ...minimal, headers: { Authorization: 'hunter2' } }));
    const fields = { requestType: 'Create', jobId: '12345678' };
    expect(logs).toEqual([{ level: 'info', event: 'declared_job', fields }]);
  });
});

describe('the error that the stack shows', () => {
  const failing = (error: unknown) =>
    setUp({
      declareJob: async () => {
        throw error;
      },
    });

  test('the error of a stack names the job, the fields and the remedies, and needs no database', async () => {
    const { send, asked } = setUp();
    const job = { schedule: '@daily', api: 'ftp://example.com', timeoutMs: 0 };
    await expect(send(declaring('Create', 'nightly', job))).rejects.toThrow(
      'job "nightly": api: must be an http or https URL of at most 2048 characters, such as ' +
        'https://example.com/hook; timeoutMs: must be an integer from 1 to 90000',
    );
    expect(asked.untilMs).toEqual([]);
  });

  test('the error of a stack about a schedule is the one of the API', async () => {
    const { send } = failing(
      new InvalidScheduleError('schedule', 'is in the past; use an instant in the future'),
    );
    await expect(send(declaring('Update', 'nightly'))).rejects.toMatchObject({
      message: 'job "nightly": schedule: is in the past; use an instant in the future',
    });
  });

  test('the error of a stack about an invalid name says what a name must be', async () => {
    const { send } = setUp();
    await expect(send(declaring('Create', 'a\nb'))).rejects.toThrow(
      'job "a\\nb": Name: must be a string of 1 to',
    );
    await expect(send(request('Create', {}))).rejects.toThrow('a job: Name: must be a string of 1 to');
  });

  test('the error of a stack says why a component does not answer', async () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.1:5432');
    const { send } = setUp({
      awaitDatabase: () => Promise.reject(new UnavailableError('PostgreSQL', { cause })),
    });
    const message =
      'job "nightly": PostgreSQL does not answer; try again shortly (connect ECONNREFUSED 10.0.0.1:5432)';
    await expect(send(declaring('Update', 'nightly'))).rejects.toMatchObject({ message: message });
    const deleting = request('Delete', {}, { PhysicalResourceId: 'belfry-job:nightly' });
    await expect(send(deleting)).rejects.toMatchObject({ message: message });
  });

  test('the error of a stack hides an unexpected error, and says where it is logged', async () => {
    const { send, logs } = failing(new TypeError('secret inside'));
    await expect(send(declaring('Update', 'nightly'))).rejects.toMatchObject({
      message:
        'job "nightly": an internal error occurred in Belfry; its log has the error, for request invocation-1',
    });
    const error = { name: 'TypeError', stack: expect.stringContaining('handler.test.ts') };
    expect(logs).toMatchObject([{ level: 'error', event: 'declared_job_failed', fields: { error } }]);
  });

  test('the error of a stack fits into the limit of CloudFormation', async () => {
    const { send } = setUp();
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, 1]));
    const sent = send(declaring('Create', 'nightly', { ...minimal, ...many }));
    await expect(sent).rejects.toThrow(/^job "nightly": field0: .{100,980}(; and \d+ more| …)$/);
    const error: unknown = await send(declaring('Create', '€'.repeat(100_000))).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ message: expect.stringContaining('€ …": Name: must be') });
    const long = {
      ...minimal,
      ['x'.repeat(500)]: 1,
      ['y'.repeat(500)]: 1,
      headers: { ['€'.repeat(2_000)]: 'a' },
    };
    await expect(send(declaring('Create', 'nightly', long))).rejects.toThrow(/^[^]{1,1002}$/);
  });

  test('a mistake in the declaration is not logged', async () => {
    const { send, logs } = setUp();
    const job = { ...minimal, hunter2: 1, headers: { hunter2: 'hunter2\n' } };
    await expect(send(declaring('Create', 'hunter2', job))).rejects.toThrow();
    expect(logs).toMatchObject([{ event: 'declared_job', fields: { code: 'VALIDATION_ERROR' } }]);
    expect(JSON.stringify(logs)).not.toContain('hunter2');
  });

  test('the error of a stack about an unknown event is plain', async () => {
    await expect(setUp().send({ RequestType: 'Drop' })).rejects.toThrow();
  });
});
