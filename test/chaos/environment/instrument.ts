import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { nameStatement } from './name-statement.ts';
import type { ReachPoint } from './points.ts';

/**
 * Gives each write of the client libraries two points: before it is sent, and after its answer arrived and before the caller
 * sees it. Call this before the function's module loads. A write that fails has no point after it.
 *
 * @param luaScripts the scripts of the running version by name: a script is sent as its SHA-1.
 */
export function instrument(reach: ReachPoint, luaScripts: Readonly<Record<string, string>>): void {
  instrumentPostgres(reach);
  instrumentRedis(reach, luaScripts);
  instrumentSqs(reach);
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces a method by one that receives the original to call. */
function wrap(
  prototype: object,
  name: string,
  around: (original: (self: unknown, args: unknown[]) => unknown) => Method,
) {
  const method: unknown = Reflect.get(prototype, name);
  if (typeof method !== 'function') throw new TypeError(`there is no method ${name} to watch`);
  const original = (self: unknown, args: unknown[]): unknown => Reflect.apply(method, self, args);
  Reflect.set(prototype, name, around(original));
}

function instrumentPostgres(reach: ReachPoint): void {
  wrap(
    Client.prototype,
    'query',
    (original) =>
      function query(...args) {
        const name = nameStatement(statementOf(args[0]));
        if (name === undefined) return original(this, args);
        const write = `postgresql ${name}`;
        reach(write, 'before');
        // The pool passes a callback, a transaction awaits.
        const place = args.findIndex((argument) => typeof argument === 'function');
        const callback = args[place];
        if (typeof callback !== 'function') return afterIt(original(this, args), () => reach(write, 'after'));
        const watched = (error: unknown, result: unknown): void => {
          if (error === null || error === undefined) reach(write, 'after');
          Reflect.apply(callback, undefined, [error, result]);
        };
        return original(this, args.toSpliced(place, 1, watched));
      },
  );
}

function statementOf(config: unknown): { name?: string; text: string } {
  if (typeof config === 'string') return { text: config };
  if (typeof config !== 'object' || config === null || !('text' in config)) return { text: '' };
  const name = 'name' in config && typeof config.name === 'string' ? { name: config.name } : {};
  return { ...name, text: String(config.text) };
}

/** The commands of the functions that change nothing; every other command counts as a write. */
const REDIS_READS = new Set(
  (
    'mget get exists llen lrange zcount zcard zscore zrange zrangebyscore scard ' +
    'info client hello auth select readonly ping quit'
  ).split(' '),
);
const READING_SCRIPTS = new Set(['find-absent']);

function instrumentRedis(reach: ReachPoint, luaScripts: Readonly<Record<string, string>>): void {
  const scripts = new Map(
    Object.entries(luaScripts).flatMap(([name, source]) => [
      [createHash('sha1').update(source).digest('hex'), name],
      [source, name],
    ]),
  );
  const watched = new WeakSet<object>();

  const nameOf = (command: { name: unknown; args: unknown }): string | undefined => {
    const name = String(command.name).toLowerCase();
    if (name !== 'evalsha' && name !== 'eval') return REDIS_READS.has(name) ? undefined : name;
    const [script] = Array.isArray(command.args) ? command.args : [];
    const known = scripts.get(String(script)) ?? 'a script';
    return READING_SCRIPTS.has(known) ? undefined : known;
  };

  wrap(
    Redis.prototype,
    'sendCommand',
    (original) =>
      function sendCommand(...args) {
        const command = args[0];
        if (typeof command !== 'object' || command === null || !('name' in command) || !('args' in command)) {
          return original(this, args);
        }
        const name = nameOf(command);
        if (name === undefined) return original(this, args);
        const write = `redis ${name}`;
        reach(write, 'before');
        // A command passes here more than once when it waits for its connection or is sent again over a new one.
        if (!watched.has(command)) {
          watched.add(command);
          wrap(
            command,
            'resolve',
            (resolve) =>
              function resolved(...values) {
                reach(write, 'after');
                return resolve(this, values);
              },
          );
        }
        return original(this, args);
      },
  );
}

function instrumentSqs(reach: ReachPoint): void {
  wrap(
    SQSClient.prototype,
    'send',
    (original) =>
      function send(...args) {
        const write = `sqs ${(args[0]?.constructor.name ?? '').replace(/Command$/, '')}`;
        reach(write, 'before');
        return afterIt(original(this, args), () => reach(write, 'after'));
      },
  );
}

function afterIt(work: unknown, then: () => void): unknown {
  if (!(work instanceof Promise)) return work;
  return work.then((result: unknown) => {
    then();
    return result;
  });
}
