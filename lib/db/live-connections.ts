import type { PoolClient } from 'pg';
import { runStatement } from './run-statement.ts';

/** How long an idle connection may take to answer `select 1`. */
const ANSWER_TIMEOUT_MS = 1_500;

type LastUse = { order: number; wallMs: number; monotonicMs: number };

export type LiveConnections = {
  /** Returns a connection that has answered recently, or a new one. */
  borrow: () => Promise<PoolClient>;
  giveBack: (client: PoolClient, isBroken: boolean) => void;
};

/**
 * Lends connections of a pool that are still alive. A Lambda environment may be frozen for minutes, and the database
 * may fail over in that time. The process then does not notice that its connections were closed. So a connection that
 * has been idle for some time must answer `select 1` before it is lent. If it does not, it is closed, together with all
 * connections that have been idle for longer, and the caller gets a new one.
 *
 * So no statement has to be repeated, because none is sent over a connection that was already dead.
 *
 * @param checkAfterMs a connection that was idle for less than this is lent without a check, which saves a round trip.
 */
export function makeLiveConnections(deps: {
  connect: () => Promise<PoolClient>;
  checkAfterMs: number;
  /** Called for each connection that goes back to the pool. */
  unlisten: (client: PoolClient) => void;
}): LiveConnections {
  const { connect, checkAfterMs, unlisten } = deps;
  const lastUses = new WeakMap<PoolClient, LastUse>();
  let uses = 0;
  /**
   * Connections whose last use was before this use of the pool count as dead, because a more recently used one is dead.
   */
  let deadBefore = 0;

  // The longer of the two times counts: the monotonic clock of a frozen environment may stop, and the wall clock may be
  // set.
  const isRecent = ({ wallMs, monotonicMs }: LastUse): boolean =>
    Math.max(Math.abs(Date.now() - wallMs), performance.now() - monotonicMs) < checkAfterMs;

  const discard = (client: PoolClient): void => {
    // The driver ends an idle connection politely, and waits for the server to close it. It closes a connection with an
    // open statement at once.
    client.query('select 1').catch(() => {});
    giveBack(client, true);
  };

  const giveBack = (client: PoolClient, isBroken: boolean): void => {
    unlisten(client);
    uses += 1;
    lastUses.set(client, { order: uses, wallMs: Date.now(), monotonicMs: performance.now() });
    client.release(isBroken);
  };

  return {
    borrow: async () => {
      // This loop ends, because each iteration removes one idle connection, and a new connection is lent without a
      // check.
      for (;;) {
        const client = await connect();
        const last = lastUses.get(client);
        if (last === undefined) return client;
        if (last.order > deadBefore && (isRecent(last) || (await answers(client)))) return client;
        deadBefore = Math.max(deadBefore, last.order);
        discard(client);
      }
    },
    giveBack,
  };
}

async function answers(client: PoolClient): Promise<boolean> {
  try {
    await runStatement(client, { text: 'select 1' }, ANSWER_TIMEOUT_MS);
    return true;
  } catch {
    return false;
  }
}
