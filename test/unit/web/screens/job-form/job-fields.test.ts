import { describe, expect, test } from 'vitest';
import { newJobValues } from '../../../../../web/screens/job-form/form-values.ts';
import { changedFields, errorOf, toJobFields } from '../../../../../web/screens/job-form/job-fields.ts';
import { toRuleValues } from '../../../../../web/screens/job-form/rule-values.ts';

const values = newJobValues('UTC');

describe('the fields of the form', () => {
  test('empty texts are null, tags are split, and header rows without a name are left out', () => {
    const { fields, errors } = toJobFields({
      ...values,
      name: ' nightly ',
      tags: 'a, ,b',
      headers: [
        { id: 0, name: 'X-Key', value: 'k', isSecret: true },
        { id: 1, name: ' ', value: 'lost', isSecret: false },
      ],
    });
    expect(errors).toEqual([]);
    expect(fields).toMatchObject({
      name: 'nightly',
      key: null,
      tags: ['a', 'b'],
      headers: { 'X-Key': 'k' },
      secretHeaders: ['X-Key'],
      retry: null,
    });
  });

  test('a value that cannot be sent is an error of its field', () => {
    const { errors } = toJobFields({
      ...values,
      body: { kind: 'json', text: '{"a":' },
      timeoutMs: 'soon',
      retryKind: 'backoff',
      factor: 'twice',
    });
    expect(errors.map(({ field }) => field)).toEqual(['body', 'retry.factor', 'timeoutMs']);
  });

  test('the rules of retries and success are fields of the API, and come back as they were', () => {
    const typed = {
      ...values,
      retryKind: 'delays',
      delays: '5, 60 600',
      jitter: '0.5',
      stopOn: '404, 5XX',
      successStatuses: '2xx,409',
      successContains: ' ok ',
    } as const;
    const { fields, errors } = toJobFields(typed);
    expect(errors).toEqual([]);
    expect(fields).not.toHaveProperty('maxRetryCount');
    expect(fields).toMatchObject({
      retry: { delaysSeconds: [5, 60, 600], jitter: 0.5 },
      stopOn: [404, '5xx'],
      success: { statuses: ['2xx', 409], contains: ' ok ' },
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fields that the rules depend on
    const again = toRuleValues(fields as Parameters<typeof toRuleValues>[0]);
    expect(again).toMatchObject({ retryKind: 'delays', delays: '5, 60, 600', stopOn: '404, 5xx' });
    const read = (changes: object) => toJobFields({ ...values, ...changes }).fields;
    expect(read({})).toMatchObject({ retry: null, stopOn: null, success: null, maxRetryCount: 3 });
    expect(read({ stopOn: 'none' })).toMatchObject({ stopOn: [] });
    expect(read({ retryKind: 'backoff', initialMs: '500' })).toMatchObject({ retry: { initialMs: 500 } });
  });

  test('JSON with an integer beyond 2^53 is not sent as JSON, which would round it', () => {
    const read = (text: string) => toJobFields({ ...values, body: { kind: 'json', text } }).errors;
    expect(read('{"id": 12345678901234567890}')).toHaveLength(1);
    expect(read('{"id": "12345678901234567890", "n": 0.12345678901234567890}')).toEqual([]);
    // A job whose body the API has rounded can be edited.
    expect(read('{"id": 9007199254740992, "other": -12345678901234567000}')).toEqual([]);
  });

  test('only fields that differ take part in a change', () => {
    const { fields } = toJobFields(values);
    const { fields: others } = toJobFields({ ...values, name: 'x', maxRetryCount: '5' });
    expect(changedFields(others, fields)).toEqual({ name: 'x', maxRetryCount: 5 });
  });
});

test('the error of a part of a field shows at the field, with the name of the part', () => {
  const errors = [{ field: 'headers.X-Tag', message: 'is too long' }];
  expect(errorOf(errors, 'headers')).toBe('headers.X-Tag is too long');
  expect(errorOf(errors, 'head')).toBeUndefined();
});
