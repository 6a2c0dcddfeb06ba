import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { makeOpenApiDocument } from '../../lib/api/openapi.ts';
import { readRunFile, type RunFile } from '../../local/data-dir/run-file.ts';
import { makeResponseCheck } from './openapi-check.ts';
import { makeSendJson } from './send-json.ts';
import { until } from './waiting.ts';

const CALL_TIMEOUT_MS = 40_000;

const checkResponse = makeResponseCheck(makeOpenApiDocument());

export type LocalProcess = {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Resolves with the exit code, or the signal, once it has ended. */
  ended: Promise<number | NodeJS.Signals | null>;
};

/**
 * Runs `local/<script>` as `npm` would, with only the given settings of this machine.
 *
 * @param options.nodeArgs options of Node, which the threads of the process get as well.
 * @param options.isDetached Ctrl-C does not reach it.
 */
export function runLocal(
  script: string,
  env: Record<string, string>,
  {
    args = [],
    nodeArgs = [],
    isDetached = false,
  }: { args?: readonly string[]; nodeArgs?: readonly string[]; isDetached?: boolean } = {},
): LocalProcess {
  const program = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));
  const inherited = ['PATH', 'HOME', 'XDG_CACHE_HOME'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const child = spawn(process.execPath, [...nodeArgs, program, `local/${script}`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: isDetached,
    env: { ...Object.fromEntries(inherited), ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return { child, stdout: () => output.stdout, stderr: () => output.stderr, ended };
}

export type RunningBelfry = LocalProcess & {
  address: string;
  apiKey: string;
  call: (method: string, path: string, body?: object) => Promise<unknown>;
};

/**
 * Runs `npm start` on a free port, and resolves when it says that it is ready. A run that does not become ready is ended.
 *
 * @param onSpawn receives the process at once: a test that times out before the run is ready can still end it.
 */
export async function startLocalRun(
  dataDir: string,
  env: Record<string, string> = {},
  onSpawn: (started: LocalProcess) => void = () => {},
  nodeArgs: readonly string[] = [],
): Promise<RunningBelfry> {
  const started = runLocal('main.ts', { PORT: '0', BELFRY_DATA_DIR: dataDir, ...env }, { nodeArgs });
  onSpawn(started);
  try {
    const run = await untilReady(started, dataDir);
    return { ...started, ...run, call: makeCall(run) };
  } catch (error) {
    await endLocal(started);
    throw error;
  }
}

/** Ends a process that still runs, as Ctrl-C does, and after `graceMs` by force. Its watchdog then ends its services. */
export async function endLocal({ child, ended }: LocalProcess, graceMs = 20_000): Promise<void> {
  child.kill('SIGINT');
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(force);
}

/** Resolves when a run on a data directory says that it is ready. */
export async function untilReady(
  { child, stdout, stderr }: LocalProcess,
  dataDir: string,
): Promise<Pick<RunFile, 'address' | 'apiKey'>> {
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(stderr());
      return stdout().includes('Ctrl-C stops everything');
    },
    { timeoutMs: 45_000, everyMs: 20 },
  );
  const run = await readRunFile(dataDir);
  if (run === undefined) throw new Error('there is no run.json');
  return { address: run.address, apiKey: run.apiKey };
}

/** Calls the API, and checks each answer against the OpenAPI document. */
function makeCall(run: Pick<RunFile, 'address' | 'apiKey'>): RunningBelfry['call'] {
  const send = makeSendJson({ ...run, timeoutMs: CALL_TIMEOUT_MS });
  return async (method, path, body) => {
    const { status, headers, text } = await send(method, path, body);
    const contentType = headers.get('content-type') ?? undefined;
    const violations = checkResponse(method, path, status, contentType, text);
    if (violations.length > 0) throw new Error(violations.join('\n'));
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  };
}

const note = z.object({ pid: z.int() });

/** The processes of the services in a data directory, by name. */
export async function servicePids(dataDir: string): Promise<Record<string, number>> {
  const directory = join(dataDir, 'children');
  // The folder is missing if no service was started.
  const files = await readdir(directory).catch(() => []);
  const notes = files.map(async (file) => {
    const { pid } = note.parse(JSON.parse(await readFile(join(directory, file), 'utf8')));
    return [file.replace('.json', ''), pid] as const;
  });
  return Object.fromEntries(await Promise.all(notes));
}

/** The addresses of the services that a Belfry has started on a data directory, by PostgreSQL's own note of its socket. */
export async function serviceUrls(dataDir: string): Promise<{ postgres: string; redis: string }> {
  const note = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
  const socketDir = note.split('\n')[4] ?? '';
  return {
    postgres: `postgresql://belfry@localhost:5432/belfry?host=${socketDir}`,
    redis: `unix://${join(dirname(socketDir), 'redis.sock')}`,
  };
}
