import { ReplyError } from 'ioredis';
import { UnavailableError } from '../domain/errors.ts';

/** First words of the error replies with which a server says that it cannot serve at the moment. */
const unavailableReplies = new Set([
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'OOM',
  'MISCONF',
  'BUSY',
]);

/**
 * Returns the reply. It throws an UnavailableError when Redis cannot be reached (refused, timed out, connection lost), or
 * when Redis replies that it cannot serve. Any other error reply is a bug in Belfry and is thrown unchanged.
 */
export async function reachRedis<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof ReplyError && !unavailableReplies.has(replyCode(error))) throw error;
    throw new UnavailableError('Redis', { cause: error });
  }
}

/** Returns the first word of an error reply, which is its code. The protocol has no separate field for the code. */
export function replyCode(error: unknown): string {
  return error instanceof Error ? (error.message.split(' ', 1)[0] ?? '') : '';
}
