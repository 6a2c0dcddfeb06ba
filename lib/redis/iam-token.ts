import { SignatureV4 } from '@smithy/signature-v4';
import type { Clock } from '../domain/clock.ts';
import { Sha256 } from '../sha256.ts';

export type IamUser = {
  user: string;
  /** The id of a replication group, or the name of a serverless cache. */
  cacheName: string;
  isServerless: boolean;
};

export type AwsCredentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

/** What ElastiCache takes at most. It counts for the moment of AUTH; a connection lasts up to 12 hours. */
const EXPIRES_SECONDS = 900;

/**
 * Makes the password with which ElastiCache lets in a user whose authentication is IAM: a signed request to connect, of
 * which only the text counts; it is never sent as such.
 *
 * @param deps.credentials of the function's role, as they are when a token is made.
 */
export function makeIamToken(
  { user, cacheName, isServerless }: IamUser,
  deps: { region: string; credentials: () => Promise<AwsCredentials>; clock: Clock },
): () => Promise<string> {
  // ElastiCache keeps names in lower case, and looks for the signature of that.
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
