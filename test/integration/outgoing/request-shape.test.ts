import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toPayload } from '../../../lib/app/execution-payload.ts';
import { makeOpenAttempt } from '../../../lib/app/worker/open-attempt.ts';
import { makeSendAttempt } from '../../../lib/app/worker/send-attempt.ts';
import { ValidationError } from '../../../lib/domain/errors.ts';
import { httpMethods, type NewJob } from '../../../lib/domain/job.ts';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent, type TargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { findHeaderFaults } from '../../../lib/api/job-headers.ts';
import { parseNewJob } from '../../../lib/api/parse-job.ts';
import { makeTestDataKeys } from '../../support/key-rings.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { loopbackPolicy, noNames } from '../../support/outgoing.ts';
import { type RawTarget, startRawTarget } from '../../support/raw-target.ts';
import { makeTestLog } from '../../support/test-log.ts';

type Message = { requestLine: string; headers: [string, string][]; body: Buffer };

let target: RawTarget;
let agent: TargetAgent;
let send: (job: NewJob) => Promise<{ kind: string }>;
/** Bytes that have arrived and are not yet a whole request, on any connection. */
let rest = '';
let messages: Message[] = [];

beforeAll(async () => {
  target = await startRawTarget((socket) => {
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      rest += chunk;
      for (let message = takeMessage(); message !== undefined; message = takeMessage()) {
        messages.push(message);
        socket.write('HTTP/1.1 204 No Content\r\n\r\n');
      }
    });
  });
  agent = createTargetAgent({ policy: loopbackPolicy, resolveName: noNames });
  const clock = new ManualClock();
  const sendAttempt = makeSendAttempt({
    publishReport: () => Promise.reject(new Error('no topic')),
    callTarget: makeCallTarget(agent),
    openAttempt: makeOpenAttempt({ dataKeys: makeTestDataKeys(), logger: makeTestLog().logger }),
    signingKeys: { get: () => [] },
    clock,
  });
  send = async (job) => {
    const executionTime = clock.now();
    const { content, ...payload } = toPayload({ ...job, jobId: 1, revision: 1, executionTime });
    const { url, method } = payload;
    const attempt = {
      id: 7,
      claimToken: '',
      retryCount: 0,
      putOffCount: 0,
      dueMs: clock.nowMs(),
      sendByMs: clock.nowMs() + 10_000,
      payload: { ...payload, content },
      request: { url, method, headers: {}, body: null, ...content },
    };
    return sendAttempt(attempt, () => {});
  };
});
beforeEach(() => {
  [rest, messages] = ['', []];
});
afterAll(async () => {
  agent.destroy();
  await target.close();
});

/** Parses as the strictest server would: only CRLF line ends, no folded line, one length, and nothing to guess. */
function takeMessage(): Message | undefined {
  const end = rest.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [requestLine = '', ...lines] = rest.slice(0, end).split('\r\n');
  expect(requestLine).toMatch(/^[A-Z]+ \/[!-~]* HTTP\/1\.1$/);
  const headers = lines.map((line): [string, string] => {
    expect(line).toMatch(
      /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: (?:[!-~\xa0-\xff](?:[\t -~\xa0-\xff]*[!-~\xa0-\xff])?)?$/,
    );
    const [name = '', value = ''] = line.split(/: (.*)/s, 2);
    return [name, value];
  });
  const lengths = headers.filter(([name]) => name.toLowerCase() === 'content-length');
  expect(lengths.length).toBeLessThanOrEqual(1);
  const length = Number(lengths[0]?.[1] ?? 0);
  if (rest.length < end + 4 + length) return undefined;
  const body = Buffer.from(rest.slice(end + 4, end + 4 + length), 'latin1');
  rest = rest.slice(end + 4 + length);
  return { requestLine, headers, body };
}

const valuesOf = ({ headers }: Message, name: string): string[] =>
  headers.filter(([known]) => known.toLowerCase() === name).map(([, value]) => value);

/** The request of a job that the API accepts; undefined when the API refuses the job. */
function accepted(job: object): NewJob | undefined {
  try {
    return parseNewJob({ schedule: '@daily', ...job }, loopbackPolicy);
  } catch (error) {
    if (error instanceof ValidationError) return undefined;
    throw error;
  }
}

const textOf = (characters: string, maxLength = 12) =>
  fc.array(fc.constantFrom(...characters.split('')), { maxLength }).map((chars) => chars.join(''));
const hostile = '\r\n\t \0:;,"\\/%=?&#a0Z\x7f\x85\xa0\xff';
const smuggled = fc.constantFrom(
  'GET /evil HTTP/1.1\r\nHost: evil\r\n\r\n',
  '\r\n\r\nGET /evil HTTP/1.1\r\n\r\n',
  '0\r\n\r\n',
  'a\r\nTransfer-Encoding: chunked',
  'chunked',
  '0',
  'close',
);
const name = fc.oneof(
  textOf("!#$%&'*+-.^_`|~09azAZ").filter((text) => text !== ''),
  textOf(hostile),
  fc.constantFrom(
    'Content-Length',
    'content_length',
    'Transfer-Encoding',
    'Transfer_Encoding',
    'Connection',
    'Host',
    'Expect',
    'Upgrade',
    'TE',
    'Trailer',
    'Content-Type',
    'content-type',
    'User-Agent',
    'X-Belfry-Attempt',
    'Webhook-Id',
    'webhook_signature',
    'Accept',
    'Cookie',
    '__proto__',
    'constructor',
  ),
);
const value = fc.oneof(textOf('ab 0\t,;"\xa0\xe9\xff'), textOf(hostile), smuggled);
const job = fc.record({
  method: fc.constantFrom(...httpMethods),
  headers: fc.dictionary(name, value, { maxKeys: 6, noNullPrototype: true }),
  body: fc.oneof(fc.constant(null), textOf(`${hostile}☃𝄞`, 30), smuggled, fc.jsonValue({ maxDepth: 2 })),
  path: fc.oneof(textOf("ab/.?&=%+'|^`{}<>[]é☃"), textOf(hostile), smuggled),
});

describe('the request of a job', () => {
  test('for any job that the API accepts, exactly one request arrives, with the content of the job', async () => {
    let sent = 0;
    let headersSent = 0;
    const property = fc.asyncProperty(job, async ({ path, ...fields }) => {
      const headers = Object.fromEntries(
        Object.entries(fields.headers).filter(
          ([name, value]) => findHeaderFaults({ [name]: value }).length === 0,
        ),
      );
      const given = { ...fields, headers, api: `${target.url}/${path}` };
      const known = accepted(given) ?? accepted({ ...given, api: target.url });
      fc.pre(known !== undefined);
      sent += 1;
      headersSent += Object.keys(known.headers).length;
      messages = [];
      expect(await send(known)).toMatchObject({ kind: 'answered' });
      expect([messages.length, rest]).toEqual([1, '']);

      const [message] = messages;
      if (message === undefined) return;
      const { pathname, search, host } = new URL(known.api);
      expect(message.requestLine).toBe(`${known.method} ${pathname}${search} HTTP/1.1`);
      const body: unknown = JSON.parse(known.body);
      const text = body === null || typeof body === 'string' ? body : known.body;
      expect(message.body.toString()).toBe(text?.toWellFormed() ?? '');
      expect(valuesOf(message, 'host')).toEqual([host]);
      expect(valuesOf(message, 'transfer-encoding')).toEqual([]);
      expect(valuesOf(message, 'connection')).toEqual([known.method === 'HEAD' ? 'close' : 'keep-alive']);
      for (const [name, value] of Object.entries(known.headers)) {
        expect([name, valuesOf(message, name.toLowerCase())]).toEqual([name, [value]]);
      }
      // No header occurs twice, also in another case.
      const names = message.headers.map(([name]) => name.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
    });
    await fc.assert(property, { numRuns: 1_000 });
    // Otherwise the test would have shown nothing.
    expect([sent, headersSent].every((count) => count > 300)).toBe(true);
  });
});

test.each([
  ['AT_MOST_ONCE', 'close'],
  ['AT_LEAST_ONCE', 'keep-alive'],
])('a request of an %s job has the header Connection: %s', async (type, connection) => {
  await send(accepted({ api: target.url, type })!);
  expect(messages.map((message) => valuesOf(message, 'connection'))).toEqual([[connection]]);
});

test("a request has Belfry's own headers, and the job's User-Agent replaces Belfry's", async () => {
  const base = { api: target.url, headers: {} };
  for (const headers of [{}, { 'USER-agent': 'Mine/1.0' }]) await send(accepted({ ...base, headers })!);
  expect(messages.map((message) => valuesOf(message, 'user-agent'))).toEqual([['Belfry'], ['Mine/1.0']]);
  expect(messages.map((message) => valuesOf(message, 'x-belfry-attempt'))).toEqual([['1'], ['1']]);
});
