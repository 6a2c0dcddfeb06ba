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

/** Attaches what the API's OpenAPI document says to the gateway, whose own exports of the API then say it too. */
export function documentApi(scope: Construct, gateway: RestApi): void {
  const construct = new Construct(scope, 'Documentation');
  const restApiId = gateway.restApiId;
  const text = openApiJson();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is made of ours, and held to OpenAPI by its test
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
  // A version never changes: another document is another version.
  const documentationVersion = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const version = new CfnDocumentationVersion(construct, `Version-${documentationVersion}`, {
    restApiId,
    documentationVersion,
  });
  for (const part of parts) version.addResourceDependency(part);
  const stage = gateway.deploymentStage.node.defaultChild;
  if (!(stage instanceof CfnStage)) throw new Error('the stage of a REST API is not one of CloudFormation');
  stage.documentationVersion = documentationVersion;
  stage.addResourceDependency(version);
}
