import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Stage } from '../../test/support/services.ts';
import type { Installed } from './install.ts';

/** The benchmark's side of the contract in shared/serve.mjs. */

export type Took = { wallMs: number; cpuMs: number };

export type Peer = {
  enqueue: (first: number, count: number) => Promise<Took>;
  work: (count: number) => Promise<Took>;
  stop: () => Promise<void>;
};

const reply = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ wallMs: z.number(), cpuMs: z.number() }),
  z.strictObject({ error: z.string() }),
]);

export type Launch = { command: string; args: string[] };

export const nodeProgram = ({ directory }: Installed, name: string): Launch => ({
  command: process.execPath,
  args: [join(directory, name, 'program.mjs')],
});

/** Starts a peer's program in a separate process. */
export async function startPeer(stage: Stage, target: string, { command, args }: Launch): Promise<Peer> {
  const { PATH, HOME } = process.env;
  const child = spawn(command, args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH, HOME, DATABASE_URL: stage.databaseUrl, REDIS_URL: stage.redisUrl, TARGET_URL: target },
  });
  const gone = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await gone;
  };
  stage.atEnd(stop);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();

  const nextReply = async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${args[0] ?? command} ended`);
    const parsed = reply.parse(JSON.parse(value));
    if ('error' in parsed) throw new Error(parsed.error);
    return parsed;
  };
  const ask = async (message: object): Promise<Took> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const took = await nextReply();
    if (!('wallMs' in took)) throw new Error('the program answered something else');
    return took;
  };

  await nextReply();
  return {
    enqueue: (first, count) => ask({ do: 'enqueue', first, count }),
    work: (count) => ask({ do: 'work', count }),
    stop,
  };
}
