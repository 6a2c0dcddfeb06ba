import { type EnvironmentSettings, startEnvironment } from '../../../local/environments/environment.ts';
import { functionEnv } from '../../../local/environments/function-env.ts';
import { type FunctionName, localFunction } from '../../../local/environments/function-environments.ts';
import type { Stage } from '../services.ts';
import { makeProcessHost } from './process-host.ts';

type CacheOptions = {
  /** Modules that the processes load before the function. */
  imports?: readonly URL[];
  /** Wraps the function's module in another module. */
  wrap?: (settings: EnvironmentSettings) => EnvironmentSettings;
};

/**
 * Fills Node's compile cache for some functions and returns the variables that name it. With the cache no process has the
 * TypeScript compiler in its memory (25 MB). This matches AWS, where a bundle runs.
 */
export async function fillCompileCache(
  stage: Stage,
  names: readonly FunctionName[],
  { imports = [], wrap = (settings) => settings }: CacheOptions = {},
): Promise<{ NODE_COMPILE_CACHE: string }> {
  const cache = { NODE_COMPILE_CACHE: await stage.makeDirectory('compiled') };
  const fill = async (name: FunctionName): Promise<void> => {
    const host = makeProcessHost({ name: 'filler', imports, env: () => cache });
    const env = functionEnv({ functionEnv: {} }, stage.services);
    const settings = { ...localFunction(name), env, log: () => {}, startHost: host.startHost };
    const environment = startEnvironment(wrap(settings));
    await environment.ready;
    await environment.terminate();
  };
  await Promise.all(names.map(fill));
  return cache;
}
