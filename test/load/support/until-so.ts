import { setTimeout as sleep } from 'node:timers/promises';

const ASK_EVERY_MS = 250;

/** Asks again and again; returns whether it was so in time. */
export async function untilSo(withinMs: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const giveUpMs = performance.now() + withinMs;
  while (performance.now() < giveUpMs) {
    if (await isSo()) return true;
    await sleep(ASK_EVERY_MS);
  }
  return false;
}
