import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';

/** The errors that CloudFront would otherwise keep, for all callers: its keys do not contain the API key. */
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * A CloudFront distribution in front of the gateway. It serves the hashed files of the pages from near the reader, over HTTP/2
 * and HTTP/3, and passes everything else on. Paths are the same as at the gateway, so they begin with the stage.
 */
export class Edge extends Construct {
  readonly distribution: Distribution;
  /** The address of the dashboard. */
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, { gateway, name }: { gateway: RestApi; name: string }) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    const { stageName } = gateway.deploymentStage;
    const origin = new HttpOrigin(`${gateway.restApiId}.execute-api.${region}.${urlSuffix}`, {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      readTimeout: Duration.seconds(30),
    });
    const common = { origin, viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS };
    const hashedFiles = { ...common, cachePolicy: CachePolicy.CACHING_OPTIMIZED, compress: false };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `${name}: the dashboard and the API`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultRootObject: `${stageName}/ui/index.html`,
      defaultBehavior: {
        ...common,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        // The gateway knows itself by its own host alone.
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
      additionalBehaviors: {
        [`/${stageName}/ui/assets/*`]: hashedFiles,
        [`/${stageName}/docs/assets/*`]: hashedFiles,
      },
      errorResponses: ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    this.dashboardUrl = `https://${this.distribution.distributionDomainName}/${stageName}/ui/`;
    this.#acknowledge();
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
