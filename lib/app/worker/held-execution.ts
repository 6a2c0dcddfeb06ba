import { boundedCache } from '../../domain/bounded-cache.ts';
import type { TakenExecution } from '../../redis/take.ts';
import { parsePayload, type ExecutionPayload } from '../execution-payload.ts';

/** An execution that was taken from the queue, and is not claimed yet. */
export type HeldExecution = {
  readonly id: number;
  /** The instant at which it was taken, if it was due by then. */
  readonly dueMs: number;
  /**
   * Its due instant in the queue, where it goes back to. By this instant all workers return executions in one order. A retry that
   * was due when it was taken goes back with its execution time, which is earlier.
   */
  readonly queueDueMs: number;
  /** Undefined: it must be read from PostgreSQL. */
  readonly payload: ExecutionPayload | undefined;
  /** Scheme, host name and port of the URL. Undefined without a payload. Two spellings of a host count as two hosts. */
  readonly host: string | undefined;
  /** Since when the execution has been due while its host has no room. */
  blockedSinceMs: number | undefined;
  /** Until when the execution is snoozed, because its origin has asked for a pause. */
  heldBackUntilMs?: number | undefined;
  /** Token of a claim that PostgreSQL did not answer, and may have granted. */
  claimToken: string | undefined;
};

/** A topic of SNS counts as a host of its own. */
const HOST = /^(?:https?:\/\/[^/?#]*|arn:.*)/i;

/** By URL: the executions of a job have the same one. */
const hosts = boundedCache<string, string>(1_000);
const findHost = (url: string): string => HOST.exec(url)?.[0].toLowerCase() ?? '';

/** @param nowMs replaces the due instant of an execution that is already due: the queue no longer knows it. */
export function toHeld(taken: TakenExecution, nowMs: number): HeldExecution {
  return new TakenFromQueue(taken, nowMs);
}

/**
 * Parses the payload when it is first asked for, which is when the execution is about to be claimed. A busy run holds thousands of
 * executions for a quarter of a second. As parsed objects they outlived the young generation: V8 copied each of them twice, and
 * collected the old generation once for 3,000 jobs.
 */
class TakenFromQueue implements HeldExecution {
  readonly id: number;
  readonly dueMs: number;
  blockedSinceMs: number | undefined = undefined;
  heldBackUntilMs: number | undefined = undefined;
  claimToken: string | undefined = undefined;
  /** Undefined once it is parsed. */
  #text: string | undefined;
  #payload: ExecutionPayload | undefined;
  #host: string | undefined;

  readonly #queuedDueMs: number | undefined;

  constructor({ id, dueMs, payload }: TakenExecution, nowMs: number) {
    this.id = id;
    this.dueMs = dueMs ?? nowMs;
    this.#queuedDueMs = dueMs;
    this.#text = payload;
  }

  get queueDueMs(): number {
    return this.#queuedDueMs ?? this.payload?.executionTimeMs ?? this.dueMs;
  }

  get payload(): ExecutionPayload | undefined {
    this.#parse();
    return this.#payload;
  }

  get host(): string | undefined {
    this.#parse();
    return this.#host;
  }

  #parse(): void {
    if (this.#text === undefined) return;
    this.#payload = parsePayload(this.#text);
    this.#host = this.#payload && (hosts(this.#payload.url, findHost) || undefined);
    this.#text = undefined;
  }
}
