import { describe, expect, test } from 'vitest';
import { readReason } from '../../../lib/api/reason-header.ts';
import { ValidationError } from '../../../lib/domain/errors.ts';

const EVERYTHING = 'Größe → 𝔘nicode 📦 تذكير, 100 %';
const asLatin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

const messageOf = (header: string): unknown => {
  try {
    return readReason(header);
  } catch (error) {
    return error instanceof ValidationError ? error.errors : error;
  }
};

describe('the reason of a change', () => {
  test.each([
    ['as ASCII', 'the target moves', 'the target moves'],
    ['as ASCII with a percent sign', '100%25 of it', '100%25 of it'],
    ['as Latin-1', 'Größe', 'Größe'],
    ['as UTF-8 that is not encoded', asLatin1(EVERYTHING), EVERYTHING],
    ['as text that was decoded before', EVERYTHING, EVERYTHING],
    ['as percent-encoded UTF-8', `UTF-8''${encodeURIComponent(EVERYTHING)}`, EVERYTHING],
    ['with a language', "utf-8'de'Gr%C3%B6%c3%9fe", 'Größe'],
    ['with spaces around it', "  UTF-8''%20a%20 ", 'a'],
    ['without a text', "UTF-8''", undefined],
  ])('the reason is read %s', (_, header, reason) => {
    expect(readReason(header)).toBe(reason);
  });

  test.each([
    ["UTF-8''%C3", "must be percent-encoded UTF-8 after UTF-8''"],
    ["UTF-8''100%", "must be percent-encoded UTF-8 after UTF-8''"],
    ["UTF-8''a%00b", 'must not contain control characters'],
    ['x'.repeat(501), 'must have at most 500 characters, not 501'],
    [`UTF-8''${'%F0%9F%93%A6'.repeat(251)}`, 'must have at most 500 characters, not 502'],
  ])('the reason is refused with a remedy: %s', (header, message) => {
    expect(messageOf(header)).toEqual([
      { field: 'X-Belfry-Reason', message: expect.stringContaining(message) },
    ]);
  });
});
