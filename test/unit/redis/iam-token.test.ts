import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { AwsCredentials } from '../../../lib/aws-credentials.ts';
import { makeIamToken, type IamUser } from '../../../lib/redis/iam-token.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const credentials: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjE//Token+With=Signs==',
};
const user: IamUser = { user: 'belfry', cacheName: 'belfry-prod', isServerless: false };
const clock = new ManualClock('2026-03-04T05:06:07Z');

function makeToken(iam: Partial<IamUser> = {}, current: () => AwsCredentials = () => credentials) {
  const deps = { region: 'eu-central-1', clock, credentials: async () => current() };
  return makeIamToken({ ...user, ...iam }, deps);
}

/** Signature Version 4 from its specification, for a GET of / with an empty body and only the host header. */
function signatureOf(host: string, query: URLSearchParams, secretAccessKey: string): string {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const escape = (text: string): string =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const canonicalQuery = [...query]
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('&');
  const canonical = ['GET', '/', canonicalQuery, `host:${host}`, '', 'host', sha256('')].join('\n');
  const scope = '20260304/eu-central-1/elasticache/aws4_request';
  const toSign = ['AWS4-HMAC-SHA256', '20260304T050607Z', scope, sha256(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

describe('a token for ElastiCache', () => {
  test.each([
    { of: 'a replication group', isServerless: false, resourceType: null },
    { of: 'a serverless cache', isServerless: true, resourceType: 'ServerlessCache' },
  ])(
    'a token of $of is the signed request to connect, without its scheme',
    async ({ isServerless, resourceType }) => {
      const token = await makeToken({ isServerless })();
      expect(token).toMatch(/^belfry-prod\/\?/);
      const { searchParams } = new URL(`http://${token}`);
      const signature = searchParams.get('X-Amz-Signature');
      searchParams.delete('X-Amz-Signature');
      expect(Object.fromEntries(searchParams)).toEqual({
        Action: 'connect',
        User: 'belfry',
        ...(resourceType === null ? {} : { ResourceType: resourceType }),
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': 'AKIDEXAMPLE/20260304/eu-central-1/elasticache/aws4_request',
        'X-Amz-Date': '20260304T050607Z',
        'X-Amz-Expires': '900',
        'X-Amz-Security-Token': credentials.sessionToken,
        'X-Amz-SignedHeaders': 'host',
      });
      expect(signature).toBe(signatureOf('belfry-prod', searchParams, credentials.secretAccessKey));
    },
  );

  test('a token is signed for the name in lower case, as ElastiCache stores it', async () => {
    expect(await makeToken({ cacheName: 'Belfry-Prod' })()).toBe(await makeToken()());
  });

  test('a token is signed with the credentials and the time of its creation', async () => {
    let accessKeyId = 'FIRST';
    const make = makeToken({}, () => ({ accessKeyId, secretAccessKey: 'secret' }));
    expect(await make()).toContain('X-Amz-Credential=FIRST%2F20260304');
    accessKeyId = 'SECOND';
    await clock.advanceBy(24 * 60 * 60_000);
    const later = await make();
    expect(later).toContain('X-Amz-Credential=SECOND%2F20260305');
    expect(later).not.toContain('X-Amz-Security-Token');
  });
});
