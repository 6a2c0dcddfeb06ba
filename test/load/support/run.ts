import type { Services } from '../../support/services.ts';
import { withServices } from '../../support/with-services.ts';

/** Calls `run` with services, and stops them, also after an interrupt. Exits with 0 if `run` resolves with true. */
export async function runAgainstServices(run: (services: Services) => Promise<boolean>): Promise<void> {
  let isContent = false;
  try {
    isContent = await withServices(run);
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  // A long poll may still be open.
  process.exit(isContent ? 0 : 1);
}
