import * as z from 'zod';
import { auditLimits } from '../domain/audit-log.ts';
import { ValidationError } from '../domain/errors.ts';
import { CONTROL_CHARACTERS } from './patterns.ts';

/** The header with the reason of a change, for the audit log. */
export const REASON_HEADER = 'X-Belfry-Reason';

/** The form of RFC 8187: percent-encoded UTF-8. */
const ENCODED = /^UTF-8'[A-Za-z0-9-]*'/i;
const CONTROL = new RegExp(`[${CONTROL_CHARACTERS}]`);

/** The header in the OpenAPI document. */
export const reasonHeaders = {
  [REASON_HEADER]: z
    .string()
    .exactOptional()
    .meta({
      description:
        `Why the change is made, for the audit log: at most ${auditLimits.reasonLength} characters. If it has characters ` +
        "outside ASCII, send `UTF-8''` and the percent-encoded UTF-8 (RFC 8187), so that it arrives unchanged.",
      examples: ['the target moves', "UTF-8''der%20Zielserver%20zieht%20um%20%E2%86%92%20Montag"],
    }),
};

/**
 * Reads the reason of a change. It may be percent-encoded UTF-8 as in RFC 8187, UTF-8 as a terminal sends it, or Latin-1.
 *
 * @throws ValidationError when the reason is too long, or does not have the encoding that it declares.
 */
export function readReason(header: string | undefined): string | undefined {
  const given = header?.trim();
  if (given === undefined || given === '') return undefined;
  const reason = (ENCODED.test(given) ? decode(given.replace(ENCODED, '')) : fromBytes(given)).trim();
  if (reason.length > auditLimits.reasonLength)
    throw invalid(`must have at most ${auditLimits.reasonLength} characters, not ${reason.length}`);
  return reason === '' ? undefined : reason;
}

function decode(encoded: string): string {
  const text = tryDecoding(encoded);
  if (text === undefined)
    throw invalid(
      "must be percent-encoded UTF-8 after UTF-8'', such as UTF-8''%E2%82%AC; send plain ASCII as it is",
    );
  if (CONTROL.test(text)) throw invalid('must not contain control characters; remove them');
  return text;
}

function tryDecoding(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** A header is read as Latin-1, one character a byte. Bytes that are valid UTF-8 were meant as UTF-8. */
function fromBytes(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.toString('latin1') !== text) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}

const invalid = (message: string) => new ValidationError([{ field: REASON_HEADER, message }]);
