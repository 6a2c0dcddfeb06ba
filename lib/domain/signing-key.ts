/** A key that signs requests, without its secret. */
export type SigningKey = {
  id: number;
  createdAt: Date;
  /** When the key stops signing. Null for a key that was not replaced. */
  expiresAt: Date | null;
  revokedAt: Date | null;
};

export const signingKeyLimits = {
  /** Keys that sign at once. Each adds a signature of 47 characters to every request. */
  signing: 5,
  maxOverlapSeconds: 30 * 86_400,
  /** Keys that no longer sign and are kept for an audit. */
  ended: 100,
} as const;

/** How long the earlier keys sign after a new one was created, unless the caller says otherwise. */
export const DEFAULT_OVERLAP_SECONDS = 86_400;

export const isSigning = ({ expiresAt }: Pick<SigningKey, 'expiresAt'>, nowMs: number): boolean =>
  expiresAt === null || expiresAt.getTime() > nowMs;
