/** The measured times of a request, in milliseconds. A part that did not happen is left out. */
export type Timings = {
  /** Whether the connection had served before. The times of a new connection follow. */
  isReused: boolean;
  /** The look-up of the name. An address needs none. */
  dnsMs?: number;
  connectMs?: number;
  tlsMs?: number;
  /** From the start of the attempt to the first byte of the answer. */
  firstByteMs?: number;
};

/** The beginning of a response, as it arrived. Nothing is redacted or decoded yet. */
export type TargetResponse = {
  /** Names are in lower case. A header that occurs several times has several values. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The first parts of the body: at least `KEPT_BODY_BYTES` together, or the whole body. */
  body: readonly Uint8Array[];
  /** The number of bytes of the body that arrived. */
  bodyBytes: number;
};

/** The maximum number of bytes of a response body that are kept. */
export const KEPT_BODY_BYTES = 4_096;

/** The secret headers of a request. Their values must not be kept when a target repeats them. */
export type RequestSecrets = { names: readonly string[]; values: readonly string[] };

/** The observations of an attempt whose request was sent, or whose connection failed. */
export type Exchange = { timings?: Timings; response?: TargetResponse; secrets?: RequestSecrets };
