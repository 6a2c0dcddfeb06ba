import type { Connections } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { authoritiesInFunction } from '../bundling.ts';
import type { Attachment } from './attachment.ts';

/** A PostgreSQL, 15 or newer, as functions reach it. */
export type DatabaseAccess = {
  /** For the functions at work: by way of a proxy, where there is one. */
  work: Attachment;
  /** For migrations, which no proxy may stand before: they lock, set and wait. */
  migrations: Attachment;
};

export type DatabaseAddress = {
  host: string;
  port: string;
  /** The database's name in the server. */
  name: string;
  /** JSON with `username` and `password`; it may be rotated at any time. The user owns the database. */
  secret: ISecret;
  connections?: Connections;
  /**
   * Certificate authorities in PEM, a file in the function's file system, trusted beside Node's own.
   *
   * @default those of RDS, in the regions of the partition `aws`, which every function carries
   */
  authoritiesFile?: string;
  /** An RDS Proxy before it. */
  proxy?: { host: string; connections: Connections };
};

/** A database with TLS, and its login in Secrets Manager. */
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

/** A database by one URL, with the password in it: on an emulator, or for a try. It is seen by who may see the functions. */
export function databaseByUrl(url: string): DatabaseAccess {
  const attachment: Attachment = { environment: { DATABASE_URL: url } };
  return { work: attachment, migrations: attachment };
}
