import { describe, expect, test } from 'vitest';
import { formatShort } from '../../../../web/time/format.ts';

describe('a short instant', () => {
  test('an instant has its year where it is another one by the clock that it is shown by', () => {
    const now = new Date('2026-12-31T20:00:00Z');
    const night = new Date('2026-12-31T23:30:00Z');
    expect(formatShort(night, 'UTC', now)).toBe('31 Dec, 23:30:00');
    expect(formatShort(night, 'Europe/Berlin', now)).toBe('1 Jan 2027, 00:30:00');
    expect(formatShort(night, 'Europe/Berlin', new Date('2027-01-01T08:00:00Z'))).toBe('1 Jan, 00:30:00');
  });
});
