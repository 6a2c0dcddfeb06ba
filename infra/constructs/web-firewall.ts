import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

/** A firewall with AWS's managed rules against known attacks, and a limit for each address. */
export class WebFirewall extends Construct {
  constructor(scope: Construct, id: string, props: { stage: Stage; requestsPerFiveMinutes: number }) {
    super(scope, id);
    const managed = (name: string, priority: number, counted: string[] = []): CfnWebACL.RuleProperty => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: 'AWS',
          name,
          ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        },
      },
      visibilityConfig: visibility(name),
    });
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('belfry'),
      rules: [
        {
          name: 'address-limit',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            rateBasedStatement: { limit: props.requestsPerFiveMinutes, aggregateKeyType: 'IP' },
          },
          visibilityConfig: visibility('address-limit'),
        },
        managed('AWSManagedRulesAmazonIpReputationList', 1),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
        // These rules only count: a batch of jobs may be larger than 8 KB, and a job's URL may contain another host, a path or
        // a script.
        managed('AWSManagedRulesCommonRuleSet', 3, [
          'SizeRestrictions_BODY',
          'GenericRFI_BODY',
          'GenericLFI_BODY',
          'EC2MetaDataSSRF_BODY',
          'CrossSiteScripting_BODY',
        ]),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: props.stage.stageArn,
      webAclArn: acl.attrArn,
    });
  }
}

const visibility = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
});
