import { ReplyError } from 'ioredis';
import { UnavailableError } from '../domain/errors.ts';

/** First words of error replies by which a server says that it cannot serve now. */
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
 * Passes a reply on; a failure to reach Redis, or its word that it cannot serve, comes out as an UnavailableError. Any
 * other error reply is a fault of ours and stays what it is. What the client itself rejects with (refused, timed out,
 * connection lost) is never anything else.
 */
export async function reachRedis<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof ReplyError && !unavailableReplies.has(replyCode(error))) throw error;
    throw new UnavailableError('Redis', { cause: error });
  }
}

/** The first word of an error reply is its code; the protocol has no other field for it. */
export function replyCode(error: unknown): string {
  return error instanceof Error ? (error.message.split(' ', 1)[0] ?? '') : '';
}
