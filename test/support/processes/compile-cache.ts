import { startEnvironment } from '../../../local/environment.ts';
import { functionEnv } from '../../../local/function-env.ts';
import { type FunctionName, localFunction } from '../../../local/function-environments.ts';
import type { Stage } from '../services.ts';
import { makeProcessHost } from './process-host.ts';

/**
 * Fills Node's compile cache for some functions and returns the variables that name it. With it no process has the compiler
 * of TypeScript in its memory (25 MB), as none has on AWS, where a bundle runs.
 */
export async function fillCompileCache(
  stage: Stage,
  names: readonly FunctionName[],
): Promise<{ NODE_COMPILE_CACHE: string }> {
  const cache = { NODE_COMPILE_CACHE: await stage.makeDirectory('compiled') };
  const fill = async (name: FunctionName): Promise<void> => {
    const host = makeProcessHost({ name: 'filler', env: () => cache });
    const environment = startEnvironment({
      ...localFunction(name),
      env: functionEnv({ functionEnv: {} }, stage.services),
      log: () => {},
      startHost: host.startHost,
    });
    await environment.ready;
    await environment.terminate();
  };
  await Promise.all(names.map(fill));
  return cache;
}
