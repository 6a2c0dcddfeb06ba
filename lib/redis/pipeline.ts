import type { ChainableCommander } from 'ioredis';
import { reachRedis } from './errors.ts';

/** Runs a pipeline and returns its replies in order. It throws if one of them is an error, because callers need all replies. */
export async function runPipeline(pipeline: ChainableCommander): Promise<unknown[]> {
  const replies = (await reachRedis(pipeline.exec())) ?? [];
  return Promise.all(
    replies.map(([error, reply]) => reachRedis(error ? Promise.reject(error) : Promise.resolve(reply))),
  );
}
