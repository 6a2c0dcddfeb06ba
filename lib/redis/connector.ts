import { once } from 'node:events';
import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, ReplyError, type RedisOptions } from 'ioredis';
import * as z from 'zod';

/** A login that creates a token for each connection. */
export type TokenLogin = { user: string; createToken: () => Promise<string> };

type ConnectorOptions = {
  /** Undefined if ioredis logs in itself, with a user and password, or if no login is needed. */
  tokenLogin: TokenLogin | undefined;
  /** Timeout for the token, and again for the connection with its login. */
  timeoutMs: number;
  /** Called when a connection fails. ioredis reports no error for connections that ask for a cluster's slots. */
  onError: (error: Error) => void;
};

type Connector = NonNullable<RedisOptions['Connector']>;

/** The options of ioredis that the connector reads. Belfry sets no TLS options. */
const addressSchema = z
  .object({ host: z.string(), port: z.number(), tls: z.unknown().optional() })
  .transform(({ host, port, tls }) => ({ host, port, isTls: Boolean(tls) }));
type Address = z.infer<typeof addressSchema>;

/**
 * Makes a connector that replaces the one of ioredis. ioredis reads its password before it connects, and it creates a
 * cluster's nodes long before that, so a token could already have expired. This connector completes AUTH before ioredis
 * receives the connection.
 */
export function makeConnector({ tokenLogin, timeoutMs, onError }: ConnectorOptions): Connector {
  return class extends AbstractConnector {
    readonly #address: Address;

    constructor(options: unknown) {
      super(timeoutMs);
      this.#address = addressSchema.parse(options);
    }

    /** Resolves with a destroyed socket when the connection fails. After a rejection, ioredis would not try again. */
    override async connect(): Promise<Socket> {
      this.connecting = true;
      let socket = new Socket();
      try {
        const login = await makeLogin(tokenLogin, timeoutMs);
        if (!this.connecting) throw new Error('Connection is closed.');
        socket = open(this.#address);
        this.stream = socket;
        await settle(socket, { isTls: this.#address.isTls, login, timeoutMs });
      } catch (error) {
        this.firstError = error instanceof Error ? error : new Error(String(error));
        onError(this.firstError);
        socket.destroy();
      }
      return socket;
    }
  };
}

type Login = { user: string; token: string };

async function makeLogin(tokenLogin: TokenLogin | undefined, timeoutMs: number): Promise<Login | undefined> {
  if (tokenLogin === undefined) return undefined;
  const signal = AbortSignal.timeout(timeoutMs);
  const tooLate = once(signal, 'abort').then(() => Promise.reject(signal.reason));
  return { user: tokenLogin.user, token: await Promise.race([tokenLogin.createToken(), tooLate]) };
}

function open({ host, port, isTls }: Address): Socket {
  const serverName = isIP(host) === 0 ? { servername: host } : {};
  const socket = isTls ? connectTls({ host, port, ...serverName }) : connectTcp({ host, port });
  // `settle`, and later ioredis, handle errors. This listener keeps an error between the two from ending the process.
  return socket.on('error', () => {});
}

/** Resolves when the connection is established and its login, if there is one, has been accepted. */
async function settle(
  socket: Socket,
  { isTls, login, timeoutMs }: { isTls: boolean; login: Login | undefined; timeoutMs: number },
): Promise<void> {
  const closed = new AbortController();
  socket.once('close', () => closed.abort(new Error('Connection is closed.')));
  const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    if (login !== undefined) await authenticate(socket, login, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

async function authenticate(socket: Socket, { user, token }: Login, signal: AbortSignal): Promise<void> {
  socket.write(commandOf('AUTH', user, token));
  let reply = '';
  while (!reply.endsWith('\r\n')) reply += String((await once(socket, 'data', { signal }))[0]);
  if (!reply.startsWith('+')) throw new ReplyError(reply.slice(1).trimEnd());
  // Keeps arriving bytes in the buffer until ioredis listens.
  socket.pause();
}

function commandOf(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
