import { join } from 'node:path';
import { systemClock } from '../lib/clock/system-clock.ts';
import { outgoingSchema } from '../lib/config/outgoing.ts';
import { findRefusal } from '../lib/outgoing/refusal.ts';
import { timings } from '../lib/topology.ts';
import { openAdminKey } from './data-dir/admin-key.ts';
import { openDataDir } from './data-dir/data-dir.ts';
import { openDataKeysFile } from './data-dir/data-keys.ts';
import { ECHO_PATH, makeEcho } from './gateway/echo.ts';
import { localEnvironments } from './environments/function-environments.ts';
import { openLogFile } from './log-file.ts';
import { describeRequestsOut } from './requests-out.ts';
import { removeRunFile, writeRunFile } from './data-dir/run-file.ts';
import { openDatabase, openQueues, openRedis, type Part } from './services.ts';
import type { LocalSettings } from './settings.ts';
import { type BelfryServices, type OnStop, startBelfry, type Step } from './start-belfry.ts';
import { checkTheirServices } from './their-services.ts';

export type RunOptions = {
  settings: LocalSettings;
  /** Aborted when the run must end, even during its start. */
  signal: AbortSignal;
  /** Called for each part with the function that stops it. The functions must be called in reverse order. */
  onStop: OnStop;
  /** Called for each step with its work; measures how long it takes. */
  step: Step;
  progress: (line: string) => void;
  /** Called with one line for each problem during the run. */
  report: (line: string) => void;
};

export type LocalRun = {
  address: string;
  /** The link that opens the dashboard, with the key unless it comes from a variable. Undefined if it could not be built. */
  dashboard: string | undefined;
  /** The API key to show. For a key from a variable, it is the name of the variable. */
  shownApiKey: string;
  /** The database URL to show, likewise. The URL of Belfry's own database has no password: the kernel authenticates the user. */
  shownDatabaseUrl: string;
  /** The id of the newest signing key. */
  signingKeyId: number;
  /** Networks that jobs may call in addition to public addresses, and ports. */
  open: { networks: string; ports: string };
  /** True if a job may call the gateway, which the printed example does. */
  mayCallItself: boolean;
  dataDir: string;
  logFile: string;
  /** Resolves with one line when a service dies. */
  died: Promise<string>;
};

/** How long running work may continue after the stop has begun. */
const GRACE_MS = 5_000;

/** Starts the Belfry of `npm start`, on services in the data directory or on the user's services. */
export async function startLocalRun(options: RunOptions): Promise<LocalRun> {
  const { settings, signal, onStop, step, progress, report } = options;
  const { databaseUrl, sqsEndpoint } = settings;
  await checkTheirServices(settings);
  signal.throwIfAborted();
  let place: Place | undefined;
  const site = Promise.withResolvers<string>();
  const building = site.promise.then(
    () => true,
    () => false,
  );
  const belfry = await startBelfry({
    services: async (onServicesStop) => {
      place = await openPlace(options, onServicesStop, (dataDir) =>
        site.resolve(buildPages(dataDir, options)),
      );
      return place.services;
    },
    site: site.promise,
    environments: localEnvironments,
    functionEnv: settings.functionEnv,
    port: settings.port,
    gateway: {
      local: { [ECHO_PATH]: makeEcho() },
      allowedHosts: settings.allowedHosts,
      corsOrigins: settings.corsOrigins,
    },
    tickEveryMs: timings.tickIntervalMs,
    // Belfry's own SQS loses its wake-ups. In Belfry's own database, every earlier claim belongs to a run that has ended.
    givesBack: { wakeUps: sqsEndpoint === undefined, claims: databaseUrl === undefined },
    graceMs: GRACE_MS,
    log: (text) => place?.log(text),
    report,
    onStop,
    signal,
    step,
  });
  if (place === undefined) throw new Error('Belfry started without services');
  const { services, dataDir, logFile } = place;
  await writeRunFile(dataDir, { pid: process.pid, address: belfry.address, apiKey: services.apiKey });
  onStop(() => removeRunFile(dataDir));
  onStop(async () => {
    void belfry.stopReceiving();
    void belfry.stopTicking();
    const requests = await describeRequestsOut(services.databaseUrl, systemClock.nowMs());
    if (requests.length === 0) return;
    progress(`waiting up to ${GRACE_MS / 1_000} s for open requests:`);
    for (const line of requests) progress(`  ${line}`);
  });
  const { env, address, signingKeyId } = belfry;
  return {
    address,
    dashboard: (await building)
      ? dashboardLink(address, settings.apiKey === undefined ? services.apiKey : undefined)
      : undefined,
    signingKeyId,
    shownApiKey: settings.apiKey === undefined ? services.apiKey : '$BELFRY_API_KEY',
    shownDatabaseUrl: databaseUrl === undefined ? services.databaseUrl : '$DATABASE_URL',
    open: {
      networks: env['BELFRY_ALLOWED_NETWORKS'] ?? '',
      ports: env['BELFRY_ALLOWED_PORTS'] ?? '',
    },
    mayCallItself: findRefusal(outgoingSchema.parse(env).outgoing, new URL(address)) === undefined,
    dataDir,
    logFile,
    died: place.died,
  };
}

/** Builds the pages in the data directory. Belfry also runs without them, so a failure is only reported. */
async function buildPages(dataDir: string, { step, report }: RunOptions): Promise<string> {
  const outDirectory = join(dataDir, 'site');
  const build = async (): Promise<void> => {
    const { buildSite } = await import('../site/build-site.ts');
    const { stop } = await import('esbuild');
    try {
      await buildSite({ outDirectory, isCompressed: false });
    } finally {
      // Ends the process of esbuild, which would otherwise live as long as this one.
      await stop();
    }
  };
  try {
    await step('dashboard', build());
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error)).split('\n');
    // The first line of esbuild's message only counts its errors.
    const reason = lines.find((line) => !line.startsWith('Build failed')) ?? '';
    report(`the dashboard could not be built, the rest works: ${reason}`);
    throw error;
  }
  return outDirectory;
}

/** The fragment of a link never reaches a server, and the page removes it. */
const dashboardLink = (address: string, apiKey: string | undefined): string =>
  `${address}/ui/${apiKey === undefined ? '' : `#key=${encodeURIComponent(apiKey)}`}`;

/** The data directory with its services. */
type Place = {
  services: BelfryServices;
  dataDir: string;
  logFile: string;
  log: (text: string) => void;
  died: Promise<string>;
};

async function openPlace(
  { settings, step, progress }: RunOptions,
  onStop: OnStop,
  onDataDir: (path: string) => void,
): Promise<Place> {
  const { databaseUrl, redisUrl, sqsEndpoint } = settings;
  const dataDir = await openDataDir(settings.dataDir);
  onStop(dataDir.close);
  onDataDir(dataDir.path);
  const logFile = join(dataDir.path, 'belfry.log');
  const log = openLogFile(logFile);
  const apiKey = settings.apiKey ?? (await openAdminKey(dataDir.path));
  const dataKeysFile = await openDataKeysFile(dataDir.path, settings.dataKeysFile);

  const starting = <P extends Part>(name: string, part: Promise<P>, isTheirs: boolean): Promise<P> => {
    // The part may still be starting when the stop begins.
    onStop(async () => (await part.catch(() => undefined))?.stop());
    return step(name, part, () => (isTheirs ? 'yours' : ''));
  };
  const [database, redis, queues] = await Promise.all([
    starting('PostgreSQL', openDatabase(dataDir, databaseUrl, progress), databaseUrl !== undefined),
    starting('Redis', openRedis(dataDir, redisUrl, progress), redisUrl !== undefined),
    starting('SQS', openQueues(sqsEndpoint), sqsEndpoint !== undefined),
  ]);
  return {
    services: { databaseUrl: database.url, redisUrl: redis.url, queues, dataKeysFile, apiKey },
    dataDir: dataDir.path,
    logFile,
    log,
    died: Promise.race([database.exited, redis.exited, queues.exited]),
  };
}
