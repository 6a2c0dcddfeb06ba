/**
 * A process that is started with `--import` of this file, and each of its threads, reaches only this machine: it asks no name
 * server, and connects only to loopback addresses and to sockets of the file system. A request to another host fails as on a
 * machine without a network.
 */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { isIP, type LookupFunction, Socket } from 'node:net';

const isLoopback = (address: string): boolean =>
  address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));

const failure = (code: string, what: string): Error =>
  Object.assign(new Error(`${code} ${what}: this process reaches only this machine`), { code });

for (const questions of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of Object.getOwnPropertyNames(questions)) {
    if (!name.startsWith('resolve') && name !== 'reverse') continue;
    const refuse = (host: string, ...rest: unknown[]): unknown => {
      const error = failure('ENOTFOUND', host);
      const callback = rest.at(-1);
      if (typeof callback !== 'function') return Promise.reject(error);
      return queueMicrotask(() => callback(error));
    };
    Object.defineProperty(questions, name, { value: refuse });
  }
}

const { lookup } = dns;
const lookUpHere: LookupFunction = (host, options, callback) => {
  if (host === 'localhost' || isIP(host) !== 0) return lookup(host, options, callback);
  return queueMicrotask(() => callback(failure('ENOTFOUND', host), []));
};
Object.defineProperty(dns, 'lookup', { value: lookUpHere });
syncBuiltinESMExports();

// oxlint-disable-next-line typescript/unbound-method -- it is called with the socket
const { connect } = Socket.prototype;
type Destination = { path?: string; host?: string };

/** The destination of a call of `connect`, whose arguments Node itself passes as an array. */
function destinationOf([first, second]: unknown[]): Destination {
  if (Array.isArray(first)) return destinationOf(first);
  if (typeof first === 'object' && first !== null) return first;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { path: first };
  return typeof second === 'string' ? { host: second } : {};
}

Object.defineProperty(Socket.prototype, 'connect', {
  value(this: Socket, ...args: unknown[]): Socket {
    const { path, host } = destinationOf(args);
    if (path === undefined && host !== undefined && isIP(host) !== 0 && !isLoopback(host)) {
      process.nextTick(() => this.destroy(failure('ENETUNREACH', host)));
      return this;
    }
    return Reflect.apply(connect, this, args);
  },
});
