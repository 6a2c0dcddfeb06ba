import { mixBits } from './mix-bits.ts';

/**
 * W3C Trace Context of an execution: https://www.w3.org/TR/trace-context/. All attempts of an execution are one trace, and each
 * attempt is a span. The ids are derived, so nothing has to be stored, and a request that is repeated has the same ones.
 */

type OfExecution = { id: number; executionTimeMs: number };

/** Two halves of a trace id and a span id, 8 bytes each. */
const ids = Buffer.alloc(24);

/** Writes 64 hashed bits, which are never only zeros: the standard does not allow that. */
function writeHash(place: number, { id, executionTimeMs: timeMs }: OfExecution, salt: number): void {
  const idLow = id >>> 0;
  const idHigh = Math.floor(id / 0x1_0000_0000);
  const timeLow = timeMs >>> 0;
  const timeHigh = Math.floor(timeMs / 0x1_0000_0000);
  const first = mixBits(mixBits(mixBits(idLow ^ salt) + idHigh) ^ timeLow);
  const second = mixBits(mixBits(first + idLow + timeHigh) ^ salt);
  ids.writeUInt32BE(first >>> 0, place);
  ids.writeUInt32BE((second === 0 ? 1 : second) >>> 0, place + 4);
}

function writeTraceId(execution: OfExecution): void {
  writeHash(0, execution, 0x7472_6163);
  writeHash(8, execution, 0x6265_6c66);
}

/** Returns the trace id of an execution: 32 hex digits. */
export function traceIdOf(execution: OfExecution): string {
  writeTraceId(execution);
  return ids.toString('hex', 0, 16);
}

/** Returns the `traceparent` of an attempt. The flag says that the caller records, so that a target's sampler follows it. */
export function traceparentOf(execution: OfExecution, attemptNumber: number): string {
  writeTraceId(execution);
  writeHash(16, execution, mixBits(attemptNumber));
  const digits = ids.toString('hex');
  return `00-${digits.slice(0, 32)}-${digits.slice(32)}-01`;
}

const TRACEPARENT =
  /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-[\x20-\x7e]*)?$/;
const MAX_LENGTH = 128;

/** Returns a valid `traceparent` that came with a request. A receiver must ignore an invalid one. */
export function parseTraceparent(value: string | undefined): string | undefined {
  const given = value?.trim() ?? '';
  if (given.length > MAX_LENGTH || !TRACEPARENT.test(given)) return undefined;
  // Version 00 has exactly four fields.
  return given.startsWith('00-') && given.length !== 55 ? undefined : given;
}
