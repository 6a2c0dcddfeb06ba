import { expect, test } from 'vitest';
import { parseJobsSearch } from '../../../../../web/screens/jobs/search.ts';

test('parameters of an address that make no sense are left out, and the others stay', () => {
  expect(
    parseJobsSearch({
      text: 'ab',
      state: 'paused',
      tag: 'shop',
      lastOutcome: 'FAILED',
      other: '1',
      group: '',
    }),
  ).toEqual({ tag: 'shop', lastOutcome: 'FAILED' });
});
