import { startServices, type Services } from './services.ts';

/**
 * Starts services, calls `run`, and stops the services with everything that was started on them. SIGINT and SIGTERM do the same
 * at any time, and end the process with 1.
 */
export async function withServices<Result>(run: (services: Services) => Promise<Result>): Promise<Result> {
  let isInterrupted = false;
  const starting = startServices((line) => process.stderr.write(`${line}\n`));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      isInterrupted = true;
      void starting.then(({ stop }) => stop()).finally(() => process.exit(1));
    });
  }
  const services = await starting;
  try {
    return await run(services);
  } catch (error) {
    // A run always fails when its services stop, so this error is not reported. The process ends when all have stopped.
    if (isInterrupted) await new Promise<never>(() => {});
    throw error;
  } finally {
    await services.stop();
  }
}
