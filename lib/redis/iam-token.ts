import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from '../aws-credentials.ts';
import type { Clock } from '../domain/clock.ts';
import { Sha256 } from '../sha256.ts';

export type IamUser = {
  user: string;
  /** The id of a replication group, or the name of a serverless cache. */
  cacheName: string;
  isServerless: boolean;
};

/** The maximum that ElastiCache accepts. The token must be valid at AUTH; the connection then lasts up to 12 hours. */
const EXPIRES_SECONDS = 900;

/**
 * Makes the function that creates a password for an ElastiCache user with IAM authentication. The password is the text of a
 * presigned request to connect. That request itself is never sent.
 *
 * @param deps.credentials returns the current credentials of the function's role; called once for each token.
 */
export function makeIamToken(
  { user, cacheName, isServerless }: IamUser,
  deps: { region: string; credentials: () => Promise<AwsCredentials>; clock: Clock },
): () => Promise<string> {
  // ElastiCache stores names in lower case and expects the signature of the lower-case name.
  const host = cacheName.toLowerCase();
  const { region, credentials, clock } = deps;
  const signer = new SignatureV4({ service: 'elasticache', region, credentials, sha256: Sha256 });
  return async () => {
    const request = {
      method: 'GET',
      protocol: 'http:',
      hostname: host,
      path: '/',
      headers: { host },
      query: { Action: 'connect', User: user, ...(isServerless ? { ResourceType: 'ServerlessCache' } : {}) },
    };
    const { query = {} } = await signer.presign(request, {
      expiresIn: EXPIRES_SECONDS,
      signingDate: new Date(clock.nowMs()),
    });
    const pairs = Object.entries(query).map(
      ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
    );
    return `${host}/?${pairs.join('&')}`;
  };
}
