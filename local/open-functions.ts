import type { StartHost } from './environments/environment-host.ts';
import type { Environments } from './environments/environments.ts';
import {
  functionEnvironments,
  type FunctionName,
  type HowMany,
} from './environments/function-environments.ts';
import { giveBackFromDead } from './lost-worker.ts';
import { messageOf } from './message-of.ts';

type Options = {
  env: Record<string, string>;
  environments: Partial<Record<FunctionName, HowMany>>;
  start?: ((name: FunctionName) => StartHost) | undefined;
  log: (text: string) => void;
  report: (line: string) => void;
};

export type OpenedFunctions = Record<FunctionName, Environments> & {
  /** Runs one tick. */
  tick: () => Promise<unknown>;
};

const NONE: HowMany = { most: 0, warm: 0 };

/**
 * Makes the environments of the functions. None starts yet.
 *
 * @param givesBackTo the stores in which the executions of a dead worker are given back at once. Undefined: they wait until its
 * lease ends.
 */
export function openFunctions(
  { env, environments, start, log, report }: Options,
  givesBackTo: Parameters<typeof giveBackFromDead>[0] | undefined,
): OpenedFunctions {
  const open = (name: FunctionName, onLost?: (environmentId: string) => void): Environments =>
    functionEnvironments(name, {
      env,
      log,
      report,
      howMany: environments[name] ?? NONE,
      ...(onLost === undefined ? {} : { onLost }),
      ...(start === undefined ? {} : { startHost: start(name) }),
    });
  const scheduler = open('scheduler');
  const tick = (): Promise<unknown> => scheduler.invoke({});
  const giveBack =
    givesBackTo &&
    ((environmentId: string): void => {
      giveBackFromDead(givesBackTo, environmentId)
        .then(tick)
        .catch((error: unknown) =>
          report(`the executions of a dead worker wait until its lease ends: ${messageOf(error)}`),
        );
    });
  return { api: open('api'), scheduler, worker: open('worker', giveBack), tick };
}
