import { describe, expect, test } from 'vitest';
import { readCondition, suggest } from '../../../../../web/components/token-filter/suggestions.ts';

const fields = [
  { name: 'text', does: 'in the name' },
  { name: 'state', does: 'of the job', values: ['ACTIVE', 'PAUSED'] },
  { name: 'tag', does: 'of the job' },
];
const labels = (text: string): string[] => suggest(fields, 'text', text).map(({ label }) => label);

describe('suggestions of a filter', () => {
  test.each([
    ['', ['state:', 'tag:']],
    ['st', ['st', 'state:']],
    ['STATE:', ['state: ACTIVE', 'state: PAUSED']],
    ['state: pa', ['state: PAUSED']],
    ['tag:', []],
    ['tag:shop', ['tag: shop']],
    ['https://example.com', ['https://example.com']],
  ])('%j suggests %j', (text, expected) => {
    expect(labels(text)).toEqual(expected);
  });

  test('a value may have colons, and a URL is not a condition', () => {
    expect(readCondition(fields, 'tag:a:b')).toMatchObject({ value: 'a:b' });
    expect(readCondition(fields, 'https://a.example')).toBeUndefined();
  });
});
