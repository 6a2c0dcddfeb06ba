import { expect, test } from 'vitest';
import { findPhrases } from '../../../../scripts/text/find-phrases.ts';
import { phrases } from '../../../../scripts/text/phrases.ts';

const found = (file: string, text: string) =>
  findPhrases(file, text).map((hit) => `${hit.line} ${hit.found}`);

test.each([
  ['a word', '// The key stands beside the lock.', '1 beside'],
  ['a noun that is denied by "no"', '// A passed instant is no error.', '1 is no error'],
  ['a phrase in a string', "const message = 'what is due has a limit';", '1 what is due'],
  ['a phrase that a comment breaks over two lines', '/**\n * Counts what\n * is due.\n */', '2 what is due'],
  ['a phrase that SQL breaks over two lines', '-- Finds all\n-- that can be claimed.', '1 all that'],
  ['a comment that opens with "Of"', '/** Of a job without a payload. */', '1 Of'],
  ['a phrase at the end of a sentence', '// Jobs that do not run any more.', '1 any more'],
  ['a phrase at the end of a string', "const label = '20 to come';", '1 to come'],
  ['a sentence that opens with "Of"', '// Counts rows. Of these the first.', '1 Of'],
  ['a test title that starts in the middle', "test('is not dispatched', () => {});", '1 is'],
  ['a title of a table of tests', "test.each([1])('of %i', () => {});", '1 of'],
])('%s is found', (_, text, hit) => {
  expect(found('lib/app/example.ts', text)).toEqual([hit]);
});

test.each([
  ['a whole sentence as a test title', "test('a paused job is not dispatched', () => {});"],
  ['the user nobody', "const user = 'nobody';"],
  ['a list without a limit', '// There is no limit; a page ends the list.'],
  ['"Of" inside a sentence', '// The Department Of Jobs.'],
])('%s is allowed', (_, text) => {
  expect(found('lib/app/example.ts', text)).toEqual([]);
});

test('no pattern has an optional space, because a space stands for a gap', () => {
  expect(phrases.map(({ pattern }) => pattern).filter((pattern) => / [?*+]/.test(pattern))).toEqual([]);
});

test('a page is checked outside of its code', () => {
  const page = 'A `beside` span.\n\n```sh\necho beside\n```\n\nA key beside it.\n\n| Of jobs | none |\n';
  expect(found('docs/page.md', page)).toEqual(['7 beside', '9 Of']);
});

test("JSON's terms are required in text for users of the API, and nowhere else", () => {
  expect(found('docs/guide/jobs.md', 'A whole number.')).toEqual(['1 whole number']);
  expect(found('lib/db/jobs.ts', '// A whole number.')).toEqual([]);
});
