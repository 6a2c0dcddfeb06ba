import { composeCallTarget } from '../../functions/compose/call-target.ts';
import { outgoingSchema } from '../../lib/config/outgoing.ts';
import { describeFailure } from '../../lib/domain/retry.ts';
import { systemClock } from '../../lib/clock/system-clock.ts';
import { LOCAL_TARGETS } from '../../local/settings.ts';
import { serveCalls } from '../../test/support/processes/serve-calls.ts';
import { inLanes, seconds } from '../../test/support/stats.ts';

/** Measures only the worker's HTTP client, in a separate process. */

const { callTarget } = composeCallTarget({
  policy: outgoingSchema.parse(LOCAL_TARGETS).outgoing,
  clock: systemClock,
});

const calls = {
  /** Requests per second. */
  send: async ({ api, count, inFlight }: { api: string; count: number; inFlight: number }) => {
    const body = JSON.stringify({
      orderId: 1,
      action: 'remind',
      note: 'forty bytes or so that a client sends',
    });
    const request = {
      url: api,
      method: 'POST' as const,
      headers: {
        'user-agent': 'Belfry',
        'x-source': 'bench',
        'content-type': 'application/json',
        'idempotency-key': 'belfry-1-1700000000000-1',
        'x-belfry-attempt': '1',
      },
      body,
      timeoutMs: 30_000,
      isRepeatable: true,
    };
    const taken = await seconds(() =>
      inLanes(count, inFlight, async () => {
        const result = await callTarget(request);
        if (result.kind !== 'answered') throw new Error(describeFailure(result));
      }),
    );
    return count / taken;
  },
};

export type ClientCalls = typeof calls;

export const handler = serveCalls(calls);
