import { createHash } from 'node:crypto';
import {
  CfnDocumentationPart,
  CfnDocumentationVersion,
  CfnStage,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { openApiJson } from '../../lib/api/openapi.ts';
import { routes } from '../../lib/topology.ts';

type Operation = { summary?: string; description?: string };
type Document = { info: object; paths: Record<string, Record<string, Operation>> };

/** Attaches the descriptions of the API's OpenAPI document to the gateway. The gateway's exports of the API then include them. */
export function documentApi(scope: Construct, gateway: RestApi): void {
  const construct = new Construct(scope, 'Documentation');
  const restApiId = gateway.restApiId;
  const text = openApiJson();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Belfry generates it, and a test checks that it is OpenAPI
  const { info, paths } = JSON.parse(text) as Document;
  const parts = [
    new CfnDocumentationPart(construct, 'Api', {
      restApiId,
      location: { type: 'API' },
      properties: JSON.stringify({ info }),
    }),
    ...routes.map(({ method, path }) => {
      const { summary, description } = paths[path]?.[method.toLowerCase()] ?? {};
      return new CfnDocumentationPart(construct, `${method} ${path}`.replaceAll(/[^a-zA-Z]+/g, '-'), {
        restApiId,
        location: { type: 'METHOD', path, method },
        properties: JSON.stringify({ summary, description }),
      });
    }),
  ];
  // A version cannot change, so each new document gets a new version.
  const documentationVersion = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const version = new CfnDocumentationVersion(construct, `Version-${documentationVersion}`, {
    restApiId,
    documentationVersion,
  });
  for (const part of parts) version.addResourceDependency(part);
  const stage = gateway.deploymentStage.node.defaultChild;
  if (!(stage instanceof CfnStage))
    throw new Error('the stage of the REST API is not a CloudFormation resource');
  stage.documentationVersion = documentationVersion;
  stage.addResourceDependency(version);
}
