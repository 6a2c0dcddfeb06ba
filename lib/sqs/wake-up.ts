import * as z from 'zod';

/** The body of a wake-up. It carries no job; it only says that there is work. */
const wakeUpSchema = z.object({ version: z.literal(1), kind: z.literal('wake-up') });

export const wakeUpBody = JSON.stringify({ version: 1, kind: 'wake-up' } satisfies z.infer<
  typeof wakeUpSchema
>);

/** Returns true if a message is a wake-up of a known version. Any other message belongs in the dead-letter queue. */
export function isWakeUp(body: string): boolean {
  try {
    return wakeUpSchema.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}
