import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

export type TestSecretsManager = {
  url: string;
  /** What each ARN holds; one that is missing is not found. */
  secrets: Map<string, string>;
  /** How many were asked for. */
  requests: () => number;
  close: () => void;
};

const requestSchema = z.object({ SecretId: z.string() });

/** Answers GetSecretValue in the protocol of Secrets Manager, as far as a reader of secrets sees it. */
export async function startSecretsManager(): Promise<TestSecretsManager> {
  const secrets = new Map<string, string>();
  let requests = 0;

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    requests += 1;
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
      return { status: 400, body: { __type: 'UnknownOperationException' } };
    }
    const { SecretId: ARN } = requestSchema.parse(JSON.parse(await text(request)));
    const SecretString = secrets.get(ARN);
    if (SecretString === undefined) return { status: 400, body: { __type: 'ResourceNotFoundException' } };
    return { status: 200, body: { ARN, SecretString } };
  }

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    void reply(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    secrets,
    requests: () => requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
