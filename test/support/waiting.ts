import { setTimeout as sleep } from 'node:timers/promises';

type Falsy = false | undefined | null;
type Condition<T> = () => Falsy | T | Promise<Falsy | T>;
type Polling = { timeoutMs?: number; everyMs?: number };

/**
 * Polls, in real time, until the condition holds, and returns what it returned: for an event that can be observed but not
 * awaited. An assertion that throws counts as "not yet".
 *
 * @throws Error when the condition does not hold in time.
 */
export async function until<T>(condition: Condition<T>, options: Polling = {}): Promise<T> {
  const { timeoutMs = 10_000 } = options;
  let cause: unknown;
  const held = await poll(
    async () => {
      try {
        return await condition();
      } catch (error) {
        cause = error;
        return undefined;
      }
    },
    { everyMs: 5, ...options, timeoutMs },
  );
  if (held !== undefined) return held;
  throw new Error(`the condition did not hold within ${timeoutMs} ms: ${String(condition)}`, { cause });
}

/** The same without a throw: undefined when the condition does not hold in time. What it throws is thrown. */
export async function poll<T>(
  condition: Condition<T>,
  { timeoutMs = 5_000, everyMs = 250 }: Polling = {},
): Promise<T | undefined> {
  const deadlineMs = performance.now() + timeoutMs;
  do {
    const result = await condition();
    if (result !== false && result !== undefined && result !== null) return result;
    await sleep(everyMs);
  } while (performance.now() < deadlineMs);
  return undefined;
}
