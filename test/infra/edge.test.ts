import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { synthesise } from './support/synthesise.ts';

const behaviour = z.object({
  AllowedMethods: z.array(z.string()).optional(),
  CachePolicyId: z.string(),
  OriginRequestPolicyId: z.string().optional(),
  ViewerProtocolPolicy: z.string(),
});
const schema = z.object({
  DistributionConfig: z.object({
    DefaultRootObject: z.unknown(),
    DefaultCacheBehavior: behaviour,
    CacheBehaviors: z.array(behaviour.extend({ PathPattern: z.unknown() })),
    CustomErrorResponses: z.array(z.object({ ErrorCode: z.number(), ErrorCachingMinTTL: z.number() })),
    Origins: z.array(
      z.object({
        CustomOriginConfig: z.object({
          OriginProtocolPolicy: z.string(),
          OriginSSLProtocols: z.array(z.string()),
        }),
      }),
    ),
  }),
});

// The ids of AWS's own policies, which are the same in every account.
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

describe('CloudFront in front of the gateway', () => {
  const { only, outputs } = synthesise('dev with CloudFront');
  const { DistributionConfig: config } = schema.parse(only('AWS::CloudFront::Distribution').Properties);

  test('answers of the API are never kept, and get every header but the host', () => {
    expect(config.DefaultCacheBehavior).toMatchObject({
      CachePolicyId: CACHING_DISABLED,
      OriginRequestPolicyId: ALL_BUT_HOST,
      ViewerProtocolPolicy: 'redirect-to-https',
    });
    expect(config.DefaultCacheBehavior.AllowedMethods).toEqual(
      expect.arrayContaining(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
    );
  });

  test('an error is not kept, because another caller may have another key', () => {
    expect(config.CustomErrorResponses.map(({ ErrorCode }) => ErrorCode)).toEqual(
      expect.arrayContaining([400, 403, 404, 500, 502, 503, 504]),
    );
    for (const { ErrorCachingMinTTL } of config.CustomErrorResponses) expect(ErrorCachingMinTTL).toBe(0);
  });

  test('only hashed files are kept', () => {
    const kept = config.CacheBehaviors.map(({ PathPattern, CachePolicyId }) => [
      JSON.stringify(PathPattern).replaceAll(/.*(\/(?:ui|docs)\/assets\/\*).*/g, '$1'),
      CachePolicyId,
    ]);
    expect(kept).toEqual([
      ['/ui/assets/*', CACHING_OPTIMIZED],
      ['/docs/assets/*', CACHING_OPTIMIZED],
    ]);
  });

  test('the gateway is called over TLS, and the root leads to the dashboard', () => {
    for (const { CustomOriginConfig } of config.Origins)
      expect(CustomOriginConfig).toEqual(
        expect.objectContaining({ OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] }),
      );
    expect(JSON.stringify(config.DefaultRootObject)).toContain('/ui/index.html');
    expect(outputs).toContain('DashboardUrl');
  });

  test('a stage without the option has no distribution', () => {
    expect(synthesise('dev').ofType('AWS::CloudFront::Distribution')).toEqual([]);
  });
});
