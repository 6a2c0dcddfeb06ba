import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { StartHost } from '../../../local/environment-host.ts';
import type { Reply } from '../../../local/serve-invocations.ts';
import type { InsideOptions, Message } from './inside.ts';

/** What Lambda allows an environment. */
const DESCRIPTORS = 1_024;

const INSIDE = fileURLToPath(new URL('inside.ts', import.meta.url));

export type LiveEnvironment = {
  /** Unique in a run; what PostgreSQL's log of transitions has as the writer. */
  name: string;
  pid: number;
  /** What its clock started with. */
  clockOffsetMs: number;
  stepClock: (offsetMs: number) => void;
};

export type EnvironmentProcesses = {
  startHost: StartHost;
  live: () => readonly LiveEnvironment[];
  /** How wrong the clocks of those are that start from now on. */
  startWith: (clockOffsetMs: number) => void;
};

/**
 * Runs environments in processes of their own, so that one can be killed at any instruction, and nothing of it goes on.
 * What a killed one held open the kernel closes, as it does for a function whose machine is gone.
 */
export function makeEnvironmentProcesses(options: {
  role: string;
  pointsDir: string;
  root: URL;
}): EnvironmentProcesses {
  const { role, pointsDir, root } = options;
  const live = new Map<number, LiveEnvironment>();
  let started = 0;
  let clockOffsetMs = 0;
  return {
    startWith: (offsetMs) => {
      clockOffsetMs = offsetMs;
    },
    live: () => [...live.values()],
    startHost: ({ functionName, entry, env, memoryMb, heap, log }) => {
      started += 1;
      const name = `${functionName}-${started}`;
      const inside: InsideOptions = {
        entry: entry.href,
        functionName,
        memoryMb,
        role,
        pointsDir,
        clockOffsetMs,
        embedded: new URL('lib/generated/embedded.ts', root).href,
      };
      const child = fork(INSIDE, [JSON.stringify(inside)], {
        // Every connection says who writes over it.
        env: { ...env, PGOPTIONS: `-c chaos.environment=${name}` },
        execPath: '/bin/sh',
        execArgv: [
          '-c',
          `ulimit -n ${DESCRIPTORS} && exec "$0" "$@"`,
          process.execPath,
          ...(heap === undefined ? [] : [`--max-semi-space-size=${heap.semiSpaceMb}`]),
        ],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        // Ctrl-C reaches it through us, by the end of the channel.
        detached: true,
      });
      for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', log);
      // To send to one that has just been killed is nobody's fault.
      const send = (message: Message): void => {
        if (child.connected) child.send(message, () => {});
      };
      const { pid } = child;
      if (pid !== undefined) {
        const stepClock = (offsetMs: number): void => send({ kind: 'clock', offsetMs });
        live.set(pid, { name, pid, clockOffsetMs, stepClock });
      }
      const gone = new Promise<string>((resolve) => {
        child.once('exit', (code, signal) => {
          if (pid !== undefined) live.delete(pid);
          resolve(signal === null ? `with exit code ${code}` : `by ${signal}`);
        });
      });
      return {
        post: send,
        onReply: (listener) => child.on('message', (reply: Reply) => listener(reply)),
        onError: (listener) => child.on('error', listener),
        onExit: (listener) => void gone.then(listener),
        terminate: async () => {
          child.kill('SIGKILL');
          await gone;
        },
      };
    },
  };
}
