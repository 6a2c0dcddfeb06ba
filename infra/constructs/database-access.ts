import type { Connections } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { authoritiesInFunction } from '../bundling.ts';
import type { Attachment } from './attachment.ts';

/** The access of functions to PostgreSQL 15 or newer. */
export type DatabaseAccess = {
  /** For the api, scheduler, worker and declared-jobs functions; through a proxy if there is one. */
  work: Attachment;
  /** For migrations. They must not use a proxy, because they hold a lock and set limits for their connection. */
  migrations: Attachment;
};

export type DatabaseAddress = {
  host: string;
  port: string;
  /** The database's name in the server. */
  name: string;
  /** The login: JSON with `username` and `password`. It may be rotated at any time. The user must own the database. */
  secret: ISecret;
  connections?: Connections;
  /**
   * Path of a PEM file in the function's file system with certificate authorities that are trusted in addition to Node's.
   *
   * @default the authorities of RDS in the regions of the partition `aws`, which every function includes
   */
  authoritiesFile?: string;
  /** An RDS Proxy in front of the database. */
  proxy?: { host: string; connections: Connections };
};

/** Returns the access to a database with TLS and a login in Secrets Manager. */
export function databaseAt(address: DatabaseAddress): DatabaseAccess {
  const { host, port, name, secret, connections, proxy, authoritiesFile = authoritiesInFunction } = address;
  const shared = {
    BELFRY_DATABASE_PORT: port,
    BELFRY_DATABASE_NAME: name,
    BELFRY_DATABASE_SECRET_ARN: secret.secretArn,
  };
  const grantUse: Attachment['grantUse'] = (role) => void secret.grantRead(role);
  const migrations: Attachment = {
    environment: { ...shared, BELFRY_DATABASE_HOST: host, BELFRY_DATABASE_CA_FILE: authoritiesFile },
    grantUse,
    ...(connections && { connections }),
  };
  if (proxy === undefined) return { work: migrations, migrations };
  const work: Attachment = {
    environment: { ...shared, BELFRY_DATABASE_HOST: proxy.host, BELFRY_DATABASE_PROXY: 'true' },
    grantUse,
    connections: proxy.connections,
  };
  return { work, migrations };
}

/**
 * Returns the access to a database by a URL that includes the password: for an emulator or an experiment. Anyone who can view
 * the functions' settings can see the password.
 */
export function databaseByUrl(url: string): DatabaseAccess {
  const attachment: Attachment = { environment: { DATABASE_URL: url } };
  return { work: attachment, migrations: attachment };
}
