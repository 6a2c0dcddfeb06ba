import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** The user and password of the next connections. */
export type Login = { username: string; password: string };

export type LoginSource = {
  get: () => Promise<Login>;
  /** Called when the database has refused one. */
  forget: (refused: Login) => void;
};

/** A `postgresql://` URL with all in it, or a host that is spoken to over TLS, with a login that may change. */
export type DatabaseAddress =
  | string
  | {
      host: string;
      port: number;
      database: string;
      login: LoginSource;
      tls: { secureContext: SecureContext };
      /** Whether the host is an RDS Proxy or the like, which takes no settings at the start of a connection. */
      isProxied: boolean;
    };

/**
 * Certificate authorities that a server's certificate is verified with: those Node knows and those in the file.
 * Made once, for it takes 10 ms: node-postgres would make it anew with each connection.
 */
export function trustAuthorities(caFile: string | undefined): { secureContext: SecureContext } {
  if (caFile === undefined) return { secureContext: createSecureContext() };
  const ca = [...getCACertificates('default'), readFileSync(caFile, 'utf8')];
  return { secureContext: createSecureContext({ ca }) };
}
