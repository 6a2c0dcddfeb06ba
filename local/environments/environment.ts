import { randomUUID } from 'node:crypto';
import { startThread, type HostSettings, type StartHost } from './environment-host.ts';
import type { Invocation } from './serve-invocations.ts';

export type InvocationFailure = 'failed' | 'timed-out' | 'crashed' | 'busy' | 'stopped';

/** An invocation without a result. Only `busy` guarantees that the function did not receive the event. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
  readonly kind: InvocationFailure;

  constructor(kind: InvocationFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export type EnvironmentSettings = HostSettings & {
  timeoutMs: number;
  /** Starts the host of the environment; by default a thread of this process. */
  startHost?: StartHost;
};

export type Environment = {
  /** Resolves when the function's module is loaded. Rejects with the reason if it cannot be loaded. */
  ready: Promise<void>;
  /** Invokes the function. Call it only after `ready`, and after the previous invocation has ended. */
  invoke: (event: unknown) => Promise<unknown>;
  /** Tells the function that it will be ended, so that it finishes its work. */
  shutDown: () => void;
  terminate: () => Promise<void>;
  /** Resolves when the environment has ended; undefined after `terminate` or a failed start, otherwise with the reason. */
  gone: Promise<string | undefined>;
  hasEnded: () => boolean;
};

/** Much longer than a cold start on a busy machine. AWS allows 10 seconds. */
const START_TIMEOUT_MS = 30_000;

type Pending = { resolve: (result: unknown) => void; reject: (error: InvocationError) => void };

/** Starts a function environment with its own modules, variables and heap. It serves one invocation at a time. */
export function startEnvironment(settings: EnvironmentSettings): Environment {
  const { timeoutMs, startHost = startThread } = settings;
  const host = startHost(settings);

  let pending: Pending | undefined;
  let hasEnded = false;
  let endedBy: InvocationError | undefined;
  const gone = Promise.withResolvers<string | undefined>();

  const settle = (error: InvocationError | undefined, result?: unknown): void => {
    const settled = pending;
    pending = undefined;
    if (error === undefined) settled?.resolve(result);
    else settled?.reject(error);
  };
  const end = (error: InvocationError): void => {
    hasEnded = true;
    endedBy ??= error;
    settle(error);
  };
  const request = (limitMs: number, late: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        end(new InvocationError('timed-out', late));
        void host.terminate();
      }, limitMs);
      pending = {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });

  host.onReply((reply) => {
    switch (reply.kind) {
      case 'ready':
        return settle(undefined);
      case 'result':
        return settle(undefined, reply.result === undefined ? undefined : JSON.parse(reply.result));
      case 'error':
        return settle(new InvocationError('failed', `${reply.errorType}: ${reply.message}`));
      default:
        return reply satisfies never;
    }
  });
  host.onError((error) => {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    end(new InvocationError('crashed', reason, { cause: error }));
  });
  host.onExit((how) => {
    end(new InvocationError('crashed', `ended ${how}`));
    gone.resolve(endedBy?.kind === 'stopped' ? undefined : endedBy?.message);
  });

  const startTimeout = `did not start within ${START_TIMEOUT_MS / 1_000} seconds`;
  const ready = request(START_TIMEOUT_MS, startTimeout).then(() => undefined);
  const timeout = `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`;

  return {
    ready,
    invoke: async (event) => {
      if (endedBy !== undefined) throw endedBy;
      if (pending !== undefined) throw new Error('an environment serves one invocation at a time');
      const result = request(timeoutMs, timeout);
      const invocation: Invocation = {
        requestId: randomUUID(),
        deadlineMs: Date.now() + timeoutMs,
        event: JSON.stringify(event),
      };
      host.post(invocation);
      return result;
    },
    shutDown: () => host.post('shutdown'),
    terminate: async () => {
      end(new InvocationError('stopped', 'the environment was stopped'));
      await host.terminate();
    },
    gone: gone.promise,
    hasEnded: () => hasEnded,
  };
}
