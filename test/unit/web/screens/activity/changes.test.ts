import { expect, test } from 'vitest';
import { changesOf } from '../../../../../web/screens/activity/changes.ts';

test('a creation shows the fields that say something', () => {
  expect(changesOf({ before: null, after: { name: 'a', tags: [], body: null } })).toEqual([
    { field: 'name', before: undefined, after: 'a' },
  ]);
});

test('a change between two empty values shows both', () => {
  expect(changesOf({ before: { stopOn: null, body: { a: 1 } }, after: { stopOn: [], body: {} } })).toEqual([
    { field: 'body', before: '{"a":1}', after: undefined },
    { field: 'stopOn', before: 'null', after: '[]' },
  ]);
});
