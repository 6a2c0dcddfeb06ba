import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { listen } from './listen.ts';

export type SecretCall = { action: 'GetSecretValue' | 'PutSecretValue'; secretArn: string };

export type TestSecretsManager = {
  url: string;
  /** The secret of each ARN. A missing ARN is not found. */
  secrets: Map<string, string>;
  /** Forgets every secret that it holds or ever held. */
  forget: () => void;
  /** The number of requests. */
  requests: () => number;
  /** Called before each call has its effect, to delay the call, or to refuse it with the returned code. */
  intercept: (before: (call: SecretCall) => string | undefined | Promise<string | undefined>) => void;
  close: () => void;
};

const requestSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('GetSecretValue'), SecretId: z.string() }),
  z.object({
    action: z.literal('PutSecretValue'),
    SecretId: z.string(),
    SecretString: z.string().min(1),
    ClientRequestToken: z.string().min(32).max(64),
  }),
]);

/**
 * Answers GetSecretValue and PutSecretValue in the protocol of Secrets Manager. As there, a stored version cannot be
 * replaced by another text.
 */
export async function startSecretsManager(): Promise<TestSecretsManager> {
  const secrets = new Map<string, string>();
  const versions = new Map<string, string>();
  let requests = 0;
  let before: Parameters<TestSecretsManager['intercept']>[0] = () => undefined;

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    requests += 1;
    const action = String(request.headers['x-amz-target']).replace(/^secretsmanager\./, '');
    const parsed = requestSchema.safeParse({ ...JSON.parse(await text(request)), action });
    if (!parsed.success) return refuse('InvalidRequestException');
    const secretArn = parsed.data.SecretId;
    const code = await before({ action: parsed.data.action, secretArn });
    if (code !== undefined) return refuse(code);
    const held = secrets.get(secretArn);
    if (held === undefined) return refuse('ResourceNotFoundException');
    if (parsed.data.action === 'GetSecretValue') {
      return { status: 200, body: { ARN: secretArn, SecretString: held } };
    }
    const { ClientRequestToken: token, SecretString: put } = parsed.data;
    const version = versions.get(`${secretArn} ${token}`) ?? put;
    if (version !== put) return refuse('ResourceExistsException');
    versions.set(`${secretArn} ${token}`, put);
    secrets.set(secretArn, put);
    return { status: 200, body: { ARN: secretArn, VersionId: parsed.data.ClientRequestToken } };
  }

  const refuse = (code: string) => ({ status: 400, body: { __type: code, message: `refused: ${code}` } });

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    void reply(request, response);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    secrets,
    forget: () => {
      secrets.clear();
      versions.clear();
    },
    requests: () => requests,
    intercept: (next) => (before = next),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
