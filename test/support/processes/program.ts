import { startEnvironment } from '../../../local/environments/environment.ts';
import { makeProcessHost, programName } from './process-host.ts';
import type { Calls } from './serve-calls.ts';

/** A test program in a separate process that answers calls one after the other. */
export type Program<C extends Calls> = {
  pid: number;
  call: <Name extends keyof C & string>(
    name: Name,
    argument: Parameters<C[Name]>[0],
  ) => Promise<Awaited<ReturnType<C[Name]>>>;
  /** Ends the program, and resolves when its process has ended. */
  stop: () => Promise<void>;
};

/** Longer than any call takes. */
const CALL_TIMEOUT_MS = 600_000;

/** Starts a program. @param entry a module whose `handler` is made by `serveCalls`. Arguments and results are JSON. */
export async function startProgram<C extends Calls>(entry: URL): Promise<Program<C>> {
  const name = programName(entry);
  const host = makeProcessHost({ name, execArgv: () => [] });
  const environment = startEnvironment({
    functionName: name,
    entry,
    env: {},
    memoryMb: 512,
    timeoutMs: CALL_TIMEOUT_MS,
    log: (text) => void process.stderr.write(text),
    startHost: host.startHost,
  });
  await environment.ready;
  let last: Promise<unknown> = Promise.resolve();
  // oxlint-disable-next-line typescript/no-explicit-any -- the type of each call is that of its name
  const call = (called: string, argument: unknown): Promise<any> => {
    const result = last.then(() => environment.invoke({ name: called, argument }));
    last = result.catch(() => {});
    return result;
  };
  return { pid: host.live()[0]?.pid ?? 0, call, stop: environment.terminate };
}
