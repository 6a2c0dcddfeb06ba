/** The other side of program.ts: what a program's process runs. */

export type Calls = Record<string, (argument: never) => unknown>;

export type Reply<T> = { kind: 'result'; value: T } | { kind: 'error'; message: string };

type Call = { name: string; argument: never };

/** Answers calls until the channel to the benchmark ends, and then ends the process, whatever it is at. */
export function serveCalls(calls: Calls): void {
  const answer = async ({ name, argument }: Call): Promise<Reply<unknown>> => {
    try {
      // Asked for once at the start, to learn that the modules are loaded.
      if (name === 'ready') return { kind: 'result', value: undefined };
      return { kind: 'result', value: await calls[name]?.(argument) };
    } catch (error) {
      return {
        kind: 'error',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
  };
  process.on('message', (call: Call) => {
    void answer(call).then((reply) => process.send?.(reply));
  });
  process.once('disconnect', () => process.exit());
}
