import { startServices, type Services } from '../../support/services.ts';

/** Starts services, calls `run`, and stops the services, also after an interrupt. Exits with 0 if `run` resolves with true. */
export async function runAgainstServices(run: (services: Services) => Promise<boolean>): Promise<void> {
  const services = await startServices((line) => process.stderr.write(`${line}\n`));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void services.stop().finally(() => process.exit(1)));
  }
  let isContent = false;
  try {
    isContent = await run(services);
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await services.stop();
  }
  // A long poll may still be open.
  process.exit(isContent ? 0 : 1);
}
