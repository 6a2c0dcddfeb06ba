import { KEPT_BODY_BYTES, type RequestSecrets, type TargetResponse } from './exchange.ts';
import { HIDDEN, makeIsSecret } from './secret-headers.ts';

/** What Belfry keeps of a response. Secrets are replaced by `HIDDEN`. */
export type KeptResponse = {
  /** Headers that would exceed the limit are left out. */
  headers: Record<string, string | string[]>;
  /** The beginning of the body: decoded if it is UTF-8, and base64 otherwise. */
  body: string;
  bodyEncoding: 'utf8' | 'base64';
  /** The number of bytes of the body that arrived. */
  bodyBytes: number;
};

/** The maximum size of the kept header fields, names and values together, in characters. */
const KEPT_HEADER_LENGTH = 2_048;
/** A shorter secret is not searched for: it would be found in ordinary text. */
const SHORTEST_SECRET = 4;
const NO_SECRETS: RequestSecrets = { names: [], values: [] };

/**
 * Keeps the beginning of a response. It hides the values of headers that count as secret, and the secret values of the
 * request wherever the target repeats them. The body is cut at the end of a character.
 */
export function keepResponse(response: TargetResponse, secrets: RequestSecrets = NO_SECRETS): KeptResponse {
  const hide = makeHide(secrets.values);
  const bytes = toBinary(response.body);
  const isWhole = bytes.length === response.bodyBytes;
  const hidden = hide(isWhole ? bytes : withoutBegunSecret(bytes, secrets.values));
  const kept = hidden.slice(0, KEPT_BODY_BYTES);
  const text = toText(kept, { isWhole: isWhole && kept.length === hidden.length });
  return {
    headers: keepHeaders(response.headers, makeIsSecret(secrets.names), hide),
    body: text ?? btoa(kept),
    bodyEncoding: text === undefined ? 'base64' : 'utf8',
    bodyBytes: response.bodyBytes,
  };
}

function keepHeaders(
  headers: TargetResponse['headers'],
  isSecret: (name: string) => boolean,
  hide: (text: string) => string,
): KeptResponse['headers'] {
  const kept: [string, string | string[]][] = [];
  let length = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const show = (one: string): string => (isSecret(name) ? HIDDEN : withoutNul(hide(one)));
    const shown = typeof value === 'string' ? show(value) : value.map(show);
    const own = name.length + (typeof shown === 'string' ? shown.length : shown.join('').length);
    // One long header, such as a content security policy, must not hide the others.
    if (length + own > KEPT_HEADER_LENGTH) continue;
    length += own;
    kept.push([name, shown]);
  }
  // Assignment to an object would fail for a header with the name __proto__.
  return Object.fromEntries(kept);
}

/** PostgreSQL stores no NUL. */
const withoutNul = (text: string): string => text.replaceAll('\0', '\u{fffd}');

/** Returns the bytes as one character each. */
function toBinary(parts: readonly Uint8Array[]): string {
  let binary = '';
  for (const part of parts) {
    // At most one part goes beyond the limit: it needs no more bytes than the longest secret after it.
    const end = Math.min(part.length, KEPT_BODY_BYTES * 2);
    for (let index = 0; index < end; index += 1) binary += String.fromCharCode(part[index] ?? 0);
  }
  return binary;
}

/** Decodes UTF-8 without NUL, up to the last complete character. Undefined for other bytes. */
function toText(binary: string, { isWhole }: { isWhole: boolean }): string | undefined {
  if (binary.includes('\0')) return undefined;
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

/** Returns the password in a value of Basic authentication (RFC 7617), if it is one. A program on the target sees it decoded. */
function passwordOf(value: string): string[] {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(value) ?? [];
  if (encoded === undefined) return [];
  const credentials = Buffer.from(encoded, 'base64').toString();
  return [credentials.slice(credentials.indexOf(':') + 1)];
}

function makeHide(values: readonly string[]): (text: string) => string {
  const forms = formsOf(values);
  return (text) => forms.reduce((shown, form) => shown.replaceAll(form, HIDDEN), text);
}

/** Removes the beginning of a secret from the end of a body that was cut off. */
function withoutBegunSecret(text: string, values: readonly string[]): string {
  for (const form of formsOf(values)) {
    for (let length = Math.min(form.length - 1, text.length); length >= SHORTEST_SECRET; length -= 1) {
      if (text.endsWith(form.slice(0, length))) return text.slice(0, -length);
    }
  }
  return text;
}

/**
 * The forms in which a target may repeat a secret: as it is, without its scheme, as the password of Basic authentication, in JSON,
 * in a URL, and in UTF-8.
 */
function formsOf(values: readonly string[]): string[] {
  const forms = values
    .flatMap((value) => [value, value.slice(value.indexOf(' ') + 1), ...passwordOf(value)])
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
    .flatMap((form) => [form, toBinary([new TextEncoder().encode(form)])]);
  return [...new Set(forms)]
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length);
}
