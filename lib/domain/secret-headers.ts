/** A secret value as it is stored and queued: `v2:KEY-ID:`, or `v1:KEY-ID:` from before, and nonce, ciphertext and tag in base64url. */
export type SealedValue = { $secret: string };

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** A header's value as it is stored: clear, or sealed. */
export type HeaderValue = string | SealedValue;

export type StoredHeaders = Record<string, HeaderValue>;

/** What the API shows in the place of a secret. Sent back to it, it keeps what is stored. */
export const HIDDEN = '[secret]';

export const isSealed = (value: HeaderValue): value is SealedValue => typeof value !== 'string';

/** Characters of the value, sealed or not; every value is Latin-1. */
export function valueLength(value: HeaderValue): number {
  if (!isSealed(value)) return value.length;
  const sealed = value.$secret.slice(value.$secret.lastIndexOf(':') + 1);
  return Math.max(0, Math.floor((sealed.length * 3) / 4) - NONCE_BYTES - TAG_BYTES);
}

// A name tells by its end. Rather one too many: what is hidden without need is sent all the same, and a credential that
// was shown cannot be taken back. `key` counts as a word of its own, or after a word that says what it opens.
const SECRET_NAMES = [
  /(?:token|secret|password|passwd|passphrase|passcode|credentials?|cookie)$/i,
  /(?:authorization|authentication)$/i,
  /(?:api|app|auth|access|secret|private|subscription|master|license|functions?)key$/i,
  /session-?id$/i,
  // Often with the name of its algorithm, as in X-Hub-Signature-256.
  /signature(?:-\w+)?$/i,
  /(?:^|[^a-z0-9])(?:auth|key|pass|pwd|pin|otp|jwt|sas|sig|hmac|session|assertion|bearer|dpop)$/i,
];

/** Whether a header of this name carries a credential, whatever its job says of it. */
export const isSecretName = (name: string): boolean => SECRET_NAMES.some((pattern) => pattern.test(name));

const isHidden = (name: string, value: HeaderValue): boolean => isSealed(value) || isSecretName(name);

/** The headers as they may be shown, and the names of those whose values are not. */
export function showHeaders(stored: StoredHeaders): {
  headers: Record<string, string>;
  secretHeaders: string[];
} {
  const entries = Object.entries(stored);
  return {
    headers: Object.fromEntries(
      entries.map(([name, value]) => [name, isSealed(value) || isSecretName(name) ? HIDDEN : value]),
    ),
    secretHeaders: entries.filter(([name, value]) => isHidden(name, value)).map(([name]) => name),
  };
}

/** Whether the header is a secret one of a job that names these. */
export function makeIsSecret(secretHeaders: readonly string[]): (name: string) => boolean {
  const named = new Set(secretHeaders.map((name) => name.toLowerCase()));
  return (name) => isSecretName(name) || named.has(name.toLowerCase());
}

/**
 * The headers of a job after a change of them, before anything of it is checked or sealed. A secret that is sent back as
 * it was shown keeps its value, whatever the case of its name. What is secret stays so unless `secretHeaders` is given.
 */
export function changeHeaders(
  stored: StoredHeaders,
  changes: { headers?: StoredHeaders; secretHeaders?: readonly string[] },
): { headers: StoredHeaders; secretHeaders: readonly string[]; keptSecrets: string[] } {
  const before = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), value]));
  const wasSecret = (name: string): boolean => {
    const value = before.get(name.toLowerCase());
    return value !== undefined && isHidden(name, value);
  };
  const isKept = (name: string, value: HeaderValue): boolean =>
    wasSecret(name) && (value === HIDDEN || changes.headers === undefined);
  const keep = (name: string, value: HeaderValue): HeaderValue =>
    isKept(name, value) ? (before.get(name.toLowerCase()) ?? value) : value;
  const { headers = stored } = changes;
  return {
    // Not by assignment: a header may be called __proto__.
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, keep(name, value)])),
    secretHeaders: changes.secretHeaders ?? Object.keys(headers).filter(wasSecret),
    /** Names of secrets that the change gives no new value. */
    keptSecrets: Object.entries(headers).flatMap(([name, value]) => (isKept(name, value) ? [name] : [])),
  };
}
