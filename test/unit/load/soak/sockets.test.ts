import { expect, test } from 'vitest';
import { countDead } from '../../../load/soak/judge-connections.ts';
import { halfClosedIn } from '../../../load/soak/sockets.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4001 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 02:000003E8 00000000     0        0 4002 2 0000000000000000 20 4 30 10 -1
  12: 0100007F:C351 0100007F:1F90 08 00000000:00000001 00:00000000 00000000     0        0 4003 1 0000000000000000 20 4 30 10 -1
`;

test('sockets in CLOSE_WAIT are found by their inodes', () => {
  expect(halfClosedIn(TABLE)).toEqual(['4003']);
  expect(halfClosedIn('')).toEqual([]);
});

const sample = (...halfClosed: string[]) => ({
  environments: [
    { name: 'worker-1', liveBytes: 1, rssBytes: 1, sockets: { open: 9, halfClosed } },
    { name: 'worker-2', liveBytes: 1, rssBytes: 1, sockets: undefined },
  ],
});

test.each([
  ['none ever', [sample(), sample()], 0],
  ['one for a moment, then another', [sample('1'), sample('2'), sample()], 0],
  ['one that stays', [sample('1'), sample('1', '2'), sample('1')], 1],
  ['two', [sample(), sample('1', '2'), sample('2', '1')], 2],
])('a socket is dead when it stays half closed: %s', (_, samples, count) => {
  expect(countDead(samples)).toBe(count);
});
