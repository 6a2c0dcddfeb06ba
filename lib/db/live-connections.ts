import type { PoolClient } from 'pg';

/** An idle connection is asked for a sign of life, and has this long to give it. */
const ANSWER_TIMEOUT_MS = 1_500;

type LastUse = { order: number; wallMs: number; monotonicMs: number };

export type LiveConnections = {
  /** A connection that has answered lately, or is new. */
  borrow: () => Promise<PoolClient>;
  giveBack: (client: PoolClient, isBroken: boolean) => void;
};

/**
 * Lends out connections of a pool, none that died while it was idle. A Lambda environment may be frozen for minutes, and the
 * database may fail over meanwhile: nobody in it then hears that its connections were closed, or that nobody is left at
 * their other end. So a connection that has been idle for some time answers `select 1` before it is lent. Where it does
 * not, it goes, and with it those that have been idle for longer; the caller gets a new one.
 *
 * That is why no statement has to be repeated: none is sent over a connection that was dead before.
 *
 * @param checkAfterMs how long a connection may be idle and still be lent as it is: a round trip is saved at each use.
 */
export function makeLiveConnections(deps: {
  connect: () => Promise<PoolClient>;
  checkAfterMs: number;
  onError: (error: Error) => void;
}): LiveConnections {
  const { connect, checkAfterMs, onError } = deps;
  const lastUses = new WeakMap<PoolClient, LastUse>();
  let uses = 0;
  /** Whatever was used last before this use of the pool is as dead as what was found dead. */
  let deadBefore = 0;

  // The clock of a frozen environment may have stood still, and the host's may have been set: the longer time counts.
  const isRecent = ({ wallMs, monotonicMs }: LastUse): boolean =>
    Math.max(Math.abs(Date.now() - wallMs), performance.now() - monotonicMs) < checkAfterMs;

  const discard = (client: PoolClient): void => {
    // The driver says goodbye to a server over an idle connection and waits for it to close; one with a statement under
    // way is closed at once.
    client.query('select 1').catch(() => {});
    giveBack(client, true);
  };

  const giveBack = (client: PoolClient, isBroken: boolean): void => {
    client.off('error', onError);
    uses += 1;
    lastUses.set(client, { order: uses, wallMs: Date.now(), monotonicMs: performance.now() });
    client.release(isBroken);
  };

  return {
    borrow: async () => {
      // Ends: each turn takes one idle connection away, and a new one is lent as it is.
      for (;;) {
        const client = await connect();
        // The driver's pool listens to idle connections alone: one that breaks between two statements would end the process.
        client.on('error', onError);
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
  const question = { text: 'select 1', query_timeout: ANSWER_TIMEOUT_MS };
  try {
    await client.query(question);
    return true;
  } catch {
    return false;
  }
}
