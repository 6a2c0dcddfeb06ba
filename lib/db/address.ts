import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** The user and password of the next connections. */
export type Login = { username: string; password: string };

export type LoginSource = {
  get: () => Promise<Login>;
  /** Call it when the database has refused a login. */
  forget: (refused: Login) => void;
};

/** The address of the database: a complete `postgresql://` URL, or a host with TLS and a login that may change. */
export type DatabaseAddress =
  | string
  | {
      host: string;
      port: number;
      database: string;
      login: LoginSource;
      tls: { secureContext: SecureContext };
      /** Whether the host is a proxy (such as RDS Proxy), which accepts no settings at the start of a connection. */
      isProxied: boolean;
    };

/**
 * Returns the certificate authorities that verify the server's certificate: the authorities of Node and the ones in the file. Call
 * it once, because it takes 10 ms. Without it, node-postgres would do the same for each connection.
 */
export function trustAuthorities(caFile: string | undefined): { secureContext: SecureContext } {
  if (caFile === undefined) return { secureContext: createSecureContext() };
  const ca = [...getCACertificates('default'), readFileSync(caFile, 'utf8')];
  return { secureContext: createSecureContext({ ca }) };
}
