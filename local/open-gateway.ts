import { UnavailableError } from '../lib/domain/errors.ts';
import type { Environments } from './environments/environments.ts';
import { pageEnvironments } from './environments/function-environments.ts';
import { type Gateway, type GatewayOptions, startGateway } from './gateway/gateway.ts';

type Invoke = (event: unknown) => Promise<unknown>;

type Options = {
  port: number;
  gateway?: Pick<GatewayOptions, 'local' | 'allowedHosts' | 'corsOrigins'>;
  /** Resolves with the directory of the pages when they are built. */
  site?: Promise<string>;
  log: (text: string) => void;
  report: (line: string) => void;
  /** Called with the function that ends the environments of the pages. */
  onStop: (stop: () => Promise<void>) => void;
};

export type OpenedGateway = Gateway & {
  /** Lets the gateway invoke the API function. Until then, it answers 503. */
  serveApi: (invoke: Invoke) => void;
};

/** Opens the port of the API, before the function is ready, so that a port in use fails at once. */
export async function openGateway(options: Options): Promise<OpenedGateway> {
  let invokeApi: Invoke | undefined;
  const gateway = await startGateway({
    port: options.port,
    invoke: async (event) => {
      if (invokeApi === undefined) throw new UnavailableError('Belfry', { retryAfterSeconds: 1 });
      return invokeApi(event);
    },
    local: {},
    ...options.gateway,
    ...(options.site && { invokePages: servePages(options.site, options) }),
    report: options.report,
  });
  return {
    ...gateway,
    serveApi: (invoke) => {
      invokeApi = invoke;
    },
  };
}

/** Serves the pages from the moment when they are built. A failed build is reported by its step. */
function servePages(
  site: Promise<string>,
  { onStop, log, report }: Pick<Options, 'log' | 'report' | 'onStop'>,
): Invoke {
  let pages: Environments | undefined;
  const open = async (): Promise<void> => {
    const opened = pageEnvironments(await site, { log, report });
    onStop(() => opened.stop(0));
    pages = opened;
  };
  open().catch(() => {});
  return async (event) => {
    if (pages === undefined) throw new UnavailableError('the dashboard', { retryAfterSeconds: 1 });
    return pages.invoke(event);
  };
}
