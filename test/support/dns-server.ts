import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** Addresses of both families in this order, no answer, or the RCODE of a failure. */
export type DnsAnswer = { addresses: string[]; ttlSeconds?: number } | 'silence' | 'SERVFAIL' | 'NXDOMAIN';

export type DnsServer = {
  /** A resolver that asks only this server. */
  resolver: Resolver;
  /** Sets the answer for a name, for only one family if `family` is given. */
  answer: (name: string, answer: DnsAnswer, family?: 'A' | 'AAAA') => void;
  /** The questions, such as `A shop.test`, in order of arrival. */
  questions: string[];
  /** Answers the questions that it has not answered. */
  breakSilence: (name: string, answer: Exclude<DnsAnswer, 'silence'>, family?: 'A' | 'AAAA') => void;
  close: () => Promise<void>;
};

const TYPES: Record<number, 'A' | 'AAAA'> = { 1: 'A', 28: 'AAAA' };
const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 };

/** Starts a name server on loopback, with the parts of DNS (RFC 1035) that a resolver needs. Unknown names do not exist. */
export async function startDnsServer(): Promise<DnsServer> {
  const answers = new Map<string, DnsAnswer>();
  const questions: string[] = [];
  const unanswered: { name: string; type: string; reply: (answer: Exclude<DnsAnswer, 'silence'>) => void }[] =
    [];
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, type, end } = readQuestion(query);
    questions.push(`${type} ${name}`);
    const answer = answers.get(`${type} ${name}`) ?? answers.get(name) ?? 'NXDOMAIN';
    const reply = (answer: Exclude<DnsAnswer, 'silence'>): void =>
      socket.send(makeReply(query.subarray(0, end), type, answer), peer.port, peer.address);
    if (answer === 'silence') unanswered.push({ name, type, reply });
    else reply(answer);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new Resolver({ timeout: 500, tries: 2 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolver,
    answer: (name, answer, family) => answers.set(family === undefined ? name : `${family} ${name}`, answer),
    questions,
    breakSilence: (name, answer, family) => {
      for (const question of unanswered) {
        if (question.name === name && question.type === (family ?? question.type)) question.reply(answer);
      }
    },
    close: async () => {
      resolver.cancel();
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readQuestion(query: Buffer): { name: string; type: 'A' | 'AAAA'; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = TYPES[query.readUInt16BE(at + 1)];
  if (type === undefined) throw new Error('only addresses are asked for');
  // Resolvers may mix the case of a name, to recognise forged answers.
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 };
}

function makeReply(question: Buffer, type: 'A' | 'AAAA', answer: Exclude<DnsAnswer, 'silence'>): Buffer {
  const { addresses, ttlSeconds = 60 } = typeof answer === 'string' ? { addresses: [] } : answer;
  const records = addresses
    .map((address) => ipaddr.parse(address).toByteArray())
    .filter((bytes) => bytes.length === (type === 'A' ? 4 : 16))
    .map((bytes) => {
      const head = Buffer.alloc(12);
      // The name is that of the question, at offset 12.
      head.writeUInt16BE(0xc00c, 0);
      head.writeUInt16BE(type === 'A' ? 1 : 28, 2);
      head.writeUInt16BE(1, 4);
      head.writeUInt32BE(ttlSeconds, 6);
      head.writeUInt16BE(bytes.length, 10);
      return Buffer.concat([head, Buffer.from(bytes)]);
    });
  const reply = Buffer.concat([question, ...records]);
  const isReplyWithRecursion = 0x8180;
  reply.writeUInt16BE(isReplyWithRecursion | RCODES[typeof answer === 'string' ? answer : 'NOERROR'], 2);
  reply.writeUInt16BE(records.length, 6);
  reply.writeUInt32BE(0, 8);
  return reply;
}
