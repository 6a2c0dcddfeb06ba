/** The other side of program.ts: what a program's process runs. */

export type Calls = Record<string, (argument: never) => unknown>;

/** The handler of a program, which an environment invokes with the name of a call and its argument. */
export function serveCalls(calls: Calls) {
  return async ({ name, argument }: { name: string; argument: never }): Promise<unknown> =>
    calls[name]?.(argument);
}
