import type { ChainableCommander } from 'ioredis';
import { reachRedis } from './errors.ts';

/** The replies in order. An error among them is thrown: nothing rests on a part of them. */
export async function runPipeline(pipeline: ChainableCommander): Promise<unknown[]> {
  const replies = (await reachRedis(pipeline.exec())) ?? [];
  return Promise.all(
    replies.map(([error, reply]) => reachRedis(error ? Promise.reject(error) : Promise.resolve(reply))),
  );
}
