/** The other side of program.ts: what a program's process runs. */

export type Calls = Record<string, (argument: never) => unknown>;

/** `id` is that of the call. */
export type Reply<T> = { id: number } & ({ kind: 'result'; value: T } | { kind: 'error'; message: string });

type Call = { id: number; name: string; argument: never };

/** Answers calls until the channel to the benchmark ends, and then ends the process, whatever it is at. */
export function serveCalls(calls: Calls): void {
  const answer = async ({ id, name, argument }: Call): Promise<Reply<unknown>> => {
    try {
      // Asked for once at the start, to learn that the modules are loaded.
      if (name === 'ready') return { id, kind: 'result', value: undefined };
      return { id, kind: 'result', value: await calls[name]?.(argument) };
    } catch (error) {
      return {
        id,
        kind: 'error',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
  };
  process.on('message', (call: Call) => {
    // Who asked may be gone by now.
    void answer(call).then((reply) => process.send?.(reply, () => {}));
  });
  process.once('disconnect', () => process.exit());
}
