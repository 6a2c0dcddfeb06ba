import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isNode, nameOf, nodesOf, parseTypeScript, walk, type Node } from '../../support/syntax-tree.ts';

/** Every client of the AWS SDK has to have timeouts that end a call: by the SDK's own settings a silent peer holds it for ever. */

const FOLDERS = '{lib,functions,local,infra,bench,scripts,test}';

function clientsOf(source: string): { name: string; isBounded: boolean }[] {
  // To parse a file takes a thousand times as long as to search it.
  if (!source.includes('@aws-sdk/')) return [];
  const nodes = [...walk(parseTypeScript(source))];
  const imported = new Set(
    nodes
      .filter((node) => node.type === 'ImportDeclaration' && nameOf(node['source'])?.startsWith('@aws-sdk/'))
      .flatMap((node) => nodesOf(node['specifiers']).map(({ local }) => nameOf(local)))
      .filter((name) => name?.endsWith('Client')),
  );
  return nodes
    .filter((node) => node.type === 'NewExpression' && imported.has(nameOf(node['callee'])))
    .map((node) => ({
      name: nameOf(node['callee']) ?? '',
      isBounded: nodesOf(node['arguments']).some(spreadsSettings),
    }));
}

function spreadsSettings(argument: Node): boolean {
  return nodesOf(argument['properties']).some((property) => {
    const call = property['argument'];
    return (
      property.type === 'SpreadElement' && isNode(call) && nameOf(call['callee']) === 'awsClientSettings'
    );
  });
}

describe('clients of AWS', () => {
  test('every AWS client has settings that end its calls', () => {
    const clients = globSync(`${FOLDERS}/**/*.ts`).flatMap((path) =>
      clientsOf(readFileSync(path, 'utf8')).map((client) => ({ path, ...client })),
    );
    expect(clients.length).toBeGreaterThanOrEqual(4);
    expect(clients.filter(({ isBounded }) => !isBounded)).toEqual([]);
  });

  test('an AWS client without such settings is found', () => {
    const source = `import { SQSClient, type Message } from '@aws-sdk/client-sqs';
      const client = new SQSClient({ region: 'x', requestHandler: { requestTimeout: 1 } });`;
    expect(clientsOf(source)).toEqual([{ name: 'SQSClient', isBounded: false }]);
  });
});
