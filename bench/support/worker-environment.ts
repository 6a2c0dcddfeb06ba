import { wakeUpBody } from '../../lib/sqs/wake-up.ts';
import { functions } from '../../lib/topology.ts';
import type { FunctionEnvironmentCalls } from '../../test/support/processes/function-environment.ts';
import { startProgram, type Program } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';

const ROOT = new URL('../../', import.meta.url);
const PROGRAM = new URL('../../test/support/processes/function-environment.ts', import.meta.url);

export type Memory = { name: string; execArgv: readonly string[]; env: Record<string, string> };

const { semiSpaceMb, oldSpaceMb } = functions.worker.heap;

/** The heap of the topology. */
export const DEPLOYED: Memory = {
  name: 'as deployed',
  execArgv: [`--max-semi-space-size=${semiSpaceMb}`, `--max-old-space-size=${oldSpaceMb}`],
  // glibc gives each thread its own arena otherwise, and V8 has a pool of them.
  env: { MALLOC_ARENA_MAX: '2' },
};

export const DEFAULT: Memory = { name: "Node's own", execArgv: [], env: {} };

export type WorkerEnvironment = {
  loadedRssMb: number;
  /** One invocation with one wake-up. */
  wake: () => Promise<Awaited<ReturnType<FunctionEnvironmentCalls['invoke']>>>;
  stop: () => Promise<void>;
};

/**
 * Starts the worker function in an environment of its own. Node's compile cache is filled first: what deploys is a
 * bundle, and does not hold the 25 MB that the TypeScript compiler leaves in a process that has used it.
 */
export async function startWorkerEnvironment(
  stage: Stage,
  memory: Memory,
  profiling: readonly string[],
): Promise<WorkerEnvironment> {
  const cache = await stage.makeDirectory('compiled');
  const start = async (options: readonly string[]): Promise<[Program<FunctionEnvironmentCalls>, number]> => {
    const program = await startProgram<FunctionEnvironmentCalls>(PROGRAM, {
      env: { ...stage.functionEnv, ...memory.env, NODE_COMPILE_CACHE: cache },
      execArgv: options,
    });
    const { rssMb } = await program.call('load', new URL(functions.worker.entry, ROOT).href);
    return [program, rssMb];
  };
  const [filler] = await start([]);
  await filler.stop();
  const [program, loadedRssMb] = await start([...memory.execArgv, ...profiling]);
  return {
    loadedRssMb,
    wake: () =>
      program.call('invoke', {
        event: { Records: [{ messageId: 'bench', body: wakeUpBody }] },
        timeoutMs: functions.worker.timeoutSeconds * 1_000,
      }),
    stop: program.stop,
  };
}
