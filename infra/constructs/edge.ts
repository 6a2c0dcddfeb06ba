import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import { hashedFolders, pageHeaders } from '../../lib/page-files.ts';
import type { PageFiles } from './page-files.ts';

/** The errors that CloudFront would otherwise keep, for all callers: its keys do not contain the API key. */
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

type Props = { gateway: RestApi; stageName: string; files: PageFiles; name: string };

/**
 * A CloudFront distribution in front of the gateway. It takes the hashed files of the pages from their bucket, caches them
 * near the reader, and serves them over HTTP/2 and HTTP/3. It passes everything else on to the gateway. Paths are the same
 * as at the gateway, so they begin with the stage.
 */
export class Edge extends Construct {
  readonly distribution: Distribution;
  /** The address of the dashboard. */
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, { gateway, stageName, files, name }: Props) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    const origin = new HttpOrigin(`${gateway.restApiId}.execute-api.${region}.${urlSuffix}`, {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      readTimeout: Duration.seconds(30),
    });
    const hashedFiles = this.#servingFrom(files, `${name}-${region}`);
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `${name}: the dashboard and the API`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultRootObject: `${stageName}/ui/index.html`,
      defaultBehavior: {
        origin,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        // The gateway accepts only its own host name.
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
      additionalBehaviors: Object.fromEntries(
        hashedFolders.map((folder) => [`/${stageName}/${folder}/*`, hashedFiles]),
      ),
      errorResponses: ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    // A distribution of an earlier release asks the bucket only once the bucket has the files.
    this.distribution.node.addDependency(files.deployment);
    this.dashboardUrl = `https://${this.distribution.distributionDomainName}/${stageName}/ui/`;
    this.#acknowledge();
  }

  /** Serves the files from their bucket, compressed, with the headers that the function gives them. */
  #servingFrom({ bucket }: PageFiles, uniqueName: string): BehaviorOptions {
    const override = true;
    return {
      origin: S3BucketOrigin.withOriginAccessControl(bucket, {
        // CloudFront has no regions, so the region is part of the names.
        originAccessControl: new S3OriginAccessControl(this, 'Access', {
          originAccessControlName: uniqueName,
        }),
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      compress: true,
      // How long a file may be kept is stored with it, so that an error is not kept for a year.
      responseHeadersPolicy: new ResponseHeadersPolicy(this, 'Headers', {
        responseHeadersPolicyName: uniqueName,
        securityHeadersBehavior: {
          contentSecurityPolicy: {
            contentSecurityPolicy: pageHeaders['content-security-policy'],
            override,
          },
          contentTypeOptions: { override },
          referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override },
        },
      }),
    };
  }

  #acknowledge(): void {
    const acknowledged: Record<string, string> = {
      'AwsSolutions-CFR1': 'Which countries may use a Belfry is for the operator to decide.',
      'AwsSolutions-CFR2': 'The optional firewall is at the gateway, which can also be called directly.',
      'AwsSolutions-CFR3':
        "The gateway's access log has every request, except for hashed files, which are the same for everyone. A log of CloudFront would hold the tokens of calendars.",
      'AwsSolutions-CFR4':
        "Without a domain of the operator, CloudFront's own certificate sets the version of TLS.",
    };
    for (const [id, reason] of Object.entries(acknowledged)) Validations.of(this).acknowledge({ id, reason });
  }
}
