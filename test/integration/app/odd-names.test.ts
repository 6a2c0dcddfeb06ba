import { describe, expect, test } from 'vitest';
import {
  belfry,
  call,
  DUE,
  post,
  postText,
  setUpSecretHeaders,
  target,
  tick,
  work,
} from './secret-headers-fixture.ts';

setUpSecretHeaders();

const PROTO = '__proto__';
/** Names that every JavaScript object has, and names that libraries look for. All of them are valid header names. */
const oddNames = [
  ...Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== PROTO),
  'prototype',
  'then',
  'toJSON',
  'length',
  'undefined',
  'null',
  '-1',
  '$ref',
  '__proto',
  '_proto__',
];
const headers = Object.fromEntries(
  // A stored secret has the key $secret; 0 comes first in every object.
  [...oddNames, '$secret', '0'].map((name, place) => [name, `value ${place}`]),
);
const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

describe("a header with the name of an object's property", () => {
  test("a header with the name of an object's property is sent when it was accepted", async () => {
    const id = await post({ headers });
    expect((await call('GET', `/api/v1/jobs/${id}`)).json.headers).toEqual({
      ...headers,
      $secret: '[secret]',
    });
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ succeeded: 1 });
    expect(target.requests[0]?.headers).toMatchObject(sent);
  });

  test("a secret header with the name of an object's property is sent from a batch, after a change, and after Redis lost it", async () => {
    const job = {
      schedule: DUE,
      api: target.url,
      method: 'GET',
      headers,
      secretHeaders: Object.keys(headers),
    };
    const { json } = await call('POST', '/api/v1/jobs/batch', [job]);
    const path = `/api/v1/jobs/${json.items[0].id}`;
    const secret = Object.fromEntries(Object.keys(headers).map((name) => [name, '[secret]']));
    expect((await call('PATCH', path, { headers: secret, name: 'renamed' })).json.headers).toEqual(secret);
    await belfry.redis.flushdb();
    await tick();
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ succeeded: 1 });
    expect(target.requests[0]?.headers).toMatchObject(sent);
  });

  test("a header with the name of an object's property that cannot be sent is refused in a POST, a batch and a PATCH", async () => {
    const id = await post({});
    const bad = JSON.parse(`{"${PROTO}": "value"}`);
    const job = { schedule: DUE, api: target.url, headers: bad };
    for (const [method, path, body] of [
      ['POST', '/api/v1/jobs', job],
      ['POST', '/api/v1/jobs/batch', [job]],
      ['PATCH', `/api/v1/jobs/${id}`, { headers: bad }],
    ] as const) {
      const reply = await call(method, path, body);
      expect([reply.status, reply.json.errors[0].message]).toEqual([
        400,
        expect.stringContaining('cannot send'),
      ]);
    }
  });
});

test.each([
  ['small', ''],
  ['large', 'x'.repeat(100_000)],
])('a %s body arrives with every key that was sent, in the order they were sent', async (_, filler) => {
  const keys = [...oddNames, PROTO].map((name, place) => `"${name}":{"${PROTO}":${place}}`);
  const body = `{${keys.join(',')},"filler":"${filler}"}`;
  expect(await postText(`{"schedule":"${DUE}","api":"${target.url}","body":${body}}`)).toBe(201);
  await belfry.clock.advanceTo(DUE);
  expect(await work()).toMatchObject({ succeeded: 1 });
  expect(target.requests[0]?.body).toBe(body);
});
