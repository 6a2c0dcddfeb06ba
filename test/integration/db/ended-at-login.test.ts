import { expect, test } from 'vitest';
import { openPool } from '../../support/belfry-database.ts';
import { openPostgresProxy } from '../../support/postgres-proxy.ts';
import { cleanUpWith, url, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

/** ReadyForQuery, idle: the last message of a login. https://www.postgresql.org/docs/18/protocol-message-formats.html */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

const shutdown = (): Buffer => {
  const fields = Buffer.from(
    'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0',
  );
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
};

test('a server that ends a connection in the packet that completes its login fails one statement, and not the process', async () => {
  let ended = 0;
  const line = await openPostgresProxy(url, (packet) => {
    if (ended > 0 || !packet.includes(READY)) return packet;
    ended += 1;
    return Buffer.concat([packet, shutdown()]);
  });
  const errors: Error[] = [];
  const pool = openPool(line.url, { max: 1, onError: (error) => errors.push(error) });
  cleanUpWith(async () => {
    await pool.end();
    await line.close();
  });

  await pool.query('select 1').catch(() => {});
  expect(errors.map(({ message }) => message)).toContain(
    'terminating connection due to administrator command',
  );
  expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(ended).toBe(1);
});
