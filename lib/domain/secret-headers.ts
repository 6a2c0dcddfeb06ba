/**
 * An encrypted value as it is stored and queued: `v2:KEY-ID:` (or `v1:KEY-ID:` from earlier versions), followed by
 * nonce, ciphertext and tag in base64url.
 */
export type SealedValue = { $secret: string };

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** The stored value of a header, which is plain or encrypted. */
export type HeaderValue = string | SealedValue;

export type StoredHeaders = Record<string, HeaderValue>;

/** The placeholder that the API shows instead of a secret. A client that sends it back keeps the stored value. */
export const HIDDEN = '[secret]';

export const isSealed = (value: HeaderValue): value is SealedValue => typeof value !== 'string';

/** Returns the number of characters of a plain or encrypted value. Every value is Latin-1. */
export function valueLength(value: HeaderValue): number {
  if (!isSealed(value)) return value.length;
  const sealed = value.$secret.slice(value.$secret.lastIndexOf(':') + 1);
  return Math.max(0, Math.floor((sealed.length * 3) / 4) - NONCE_BYTES - TAG_BYTES);
}

// The end of a name decides. The patterns match too much rather than too little: a value that is hidden without need is
// still sent, but a credential that was shown cannot be hidden again. `key` matches as a separate word, or after a word
// such as `api` or `access`.
const SECRET_NAMES = [
  /(?:token|secret|password|passwd|passphrase|passcode|credentials?|cookie)$/i,
  /(?:authorization|authentication)$/i,
  /(?:api|app|auth|access|secret|private|subscription|master|license|functions?)key$/i,
  /session-?id$/i,
  // The name of the algorithm may follow, as in X-Hub-Signature-256.
  /signature(?:-\w+)?$/i,
  /(?:^|[^a-z0-9])(?:auth|key|pass|pwd|pin|otp|jwt|sas|sig|hmac|session|assertion|bearer|dpop)$/i,
];

/** Tells whether a header with this name always counts as a credential, even if the job does not name it as secret. */
export const isSecretName = (name: string): boolean => SECRET_NAMES.some((pattern) => pattern.test(name));

const isHidden = (name: string, value: HeaderValue): boolean => isSealed(value) || isSecretName(name);

/** Returns the headers with hidden secrets, and the names of the hidden ones. */
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

/** Returns a function that tells whether a header is secret in a job with these `secretHeaders`. */
export function makeIsSecret(secretHeaders: readonly string[]): (name: string) => boolean {
  const named = new Set(secretHeaders.map((name) => name.toLowerCase()));
  return (name) => isSecretName(name) || named.has(name.toLowerCase());
}

/**
 * Applies a change to the headers of a job, before they are checked and encrypted. A secret that is sent back as the
 * placeholder keeps its value; the case of its name does not matter. Secret headers stay secret unless the change
 * contains `secretHeaders`.
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
    // Assignment to an object would fail for a header with the name __proto__.
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, keep(name, value)])),
    secretHeaders: changes.secretHeaders ?? Object.keys(headers).filter(wasSecret),
    /** The names of secrets that keep their stored value. */
    keptSecrets: Object.entries(headers).flatMap(([name, value]) => (isKept(name, value) ? [name] : [])),
  };
}
