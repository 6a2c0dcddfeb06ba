import { expect, test } from 'vitest';
import { continuePass, type ZoneDataPass } from '../../../lib/domain/zone-data-pass.ts';

const at = (time: string) => new Date(`2026-11-28T${time}Z`);
const fresh: ZoneDataPass = {
  version: null,
  olderSeenAt: new Date(0),
  passStartedAt: new Date(0),
  passJobId: null,
};
const done = (pass: ZoneDataPass): ZoneDataPass => ({ ...pass, passJobId: null });

test('a newer release starts a pass at once, and another one when older code has been silent for ten minutes', () => {
  const before = { ...fresh, version: '2026c' };
  const first = continuePass(before, '2026f', at('12:00'));
  expect(first).toEqual({
    version: '2026f',
    olderSeenAt: at('12:00'),
    passStartedAt: at('12:00'),
    passJobId: 0,
  });
  const finished = done(first);
  expect(continuePass(finished, '2026f', at('12:09'))).toBe(finished);
  const second = continuePass(finished, '2026f', at('12:10'));
  expect(second).toMatchObject({ passStartedAt: at('12:10'), passJobId: 0 });
  const settled = done(second);
  expect(continuePass(settled, '2026f', at('23:00'))).toBe(settled);
});

test('a pass under way continues where it was', () => {
  const under = { ...continuePass(fresh, '2026f', at('12:00')), passJobId: 500 };
  expect(continuePass(under, '2026f', at('12:30'))).toBe(under);
});

test('older code moves no time back, and its computed times are checked once it is silent', () => {
  const settled = { ...fresh, version: '2026f', passStartedAt: at('08:00') };
  const told = continuePass(settled, '2026c', at('12:00'));
  expect(told).toEqual({ ...settled, olderSeenAt: at('12:00') });
  expect(continuePass(told, '2026f', at('12:09'))).toBe(told);
  const later = continuePass(told, '2026c', at('12:05'));
  expect(continuePass(later, '2026f', at('12:14'))).toBe(later);
  expect(continuePass(later, '2026f', at('12:15'))).toMatchObject({ version: '2026f', passJobId: 0 });
});

test('the release after 2026z is newer, and so is that of the next year', () => {
  expect(continuePass({ ...fresh, version: '2026z' }, '2026za', at('12:00')).version).toBe('2026za');
  expect(continuePass({ ...fresh, version: '2026f' }, '2027a', at('12:00')).version).toBe('2027a');
  expect(continuePass({ ...fresh, version: '2027a' }, '2026f', at('12:00')).version).toBe('2027a');
});
