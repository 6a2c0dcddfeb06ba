import { expect, test } from 'vitest';
import { groupHerds } from '../../../../../web/screens/calendar/herd-groups.ts';

test('herds at the same time of different days are one, and the largest comes first', () => {
  const herd = (at: string, runs: number) => ({ atMs: Date.parse(at), runs });
  const herds = [
    herd('2031-03-29T00:00:00Z', 400),
    herd('2031-03-29T09:00:00Z', 900),
    herd('2031-03-30T00:00:00Z', 410),
    herd('2031-03-31T00:00:00Z', 405),
  ];
  expect(groupHerds(herds, 'UTC').map(({ clock, runs, herds: all }) => [clock, runs, all.length])).toEqual([
    ['09:00', 900, 1],
    ['00:00', 410, 3],
  ]);
  // The clocks of Berlin change on the second day.
  expect(groupHerds(herds, 'Europe/Berlin').map(({ clock, runs }) => [clock, runs])).toEqual([
    ['10:00', 900],
    ['01:00', 410],
    ['02:00', 405],
  ]);
});
