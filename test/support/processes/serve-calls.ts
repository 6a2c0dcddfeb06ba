/** Runs in the process of a program and serves the calls of program.ts. */

export type Calls = Record<string, (argument: never) => unknown>;

/** Makes the handler of a program. An environment invokes it with the name of a call and its argument. */
export function serveCalls(calls: Calls) {
  return async ({ name, argument }: { name: string; argument: never }): Promise<unknown> =>
    calls[name]?.(argument);
}
