import type { ReasonCode } from './reason.ts';

/** The part that failed executions have in common. It has no query, no ids and no numbers of the URL or the message. */
export type FailureCause = {
  /** Host and port, such as `example.com` or `example.com:8443`. */
  host: string;
  /** The path with `{n}` for numbers and `{id}` for ids, such as `/users/{n}/export`. */
  path: string;
  reason: ReasonCode | null;
  statusCode: number | null;
  message: string;
};

/** Longer paths and messages are cut, so that a group stays small. */
const MAX_LENGTH = 200;
/** A segment of this length with a digit in it, or of any length above the second number, is an id. */
const ID_LENGTH = 8;
const WORD_LENGTH = 32;

/** Returns the cause of a failed execution. */
export function causeOf(failed: {
  url: string;
  reason: ReasonCode | null;
  statusCode: number | null;
  errorMessage: string | null;
}): FailureCause {
  const { reason, statusCode } = failed;
  const { host, pathname, protocol } = new URL(failed.url);
  return {
    // A report may go to a topic of SNS, whose ARN has no host.
    host: host === '' ? protocol.slice(0, -1) : host,
    path: pathname.split('/').map(segmentShape).join('/').slice(0, MAX_LENGTH),
    reason,
    statusCode,
    message: messageShape(failed.errorMessage ?? ''),
  };
}

/** Returns the text that identifies a cause. */
export function identify({ host, path, reason, statusCode, message }: FailureCause): string {
  return JSON.stringify([host, path, reason, statusCode, message]);
}

function segmentShape(segment: string): string {
  if (/^\d+$/.test(segment)) return '{n}';
  const isId = segment.length > WORD_LENGTH || (segment.length >= ID_LENGTH && /\d/.test(segment));
  return isId ? '{id}' : segment.replaceAll(/\d+/g, '{n}');
}

function messageShape(message: string): string {
  return message
    .replaceAll(/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '{id}')
    .replaceAll(/\d+/g, '{n}')
    .slice(0, MAX_LENGTH)
    .toWellFormed();
}
