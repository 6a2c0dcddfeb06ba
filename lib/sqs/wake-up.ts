import * as z from 'zod';

/** The body of a wake-up: it carries no job, only the news that there is work. */
const wakeUpSchema = z.object({ version: z.literal(1), kind: z.literal('wake-up') });

export const wakeUpBody = JSON.stringify({ version: 1, kind: 'wake-up' } satisfies z.infer<
  typeof wakeUpSchema
>);

/** Whether a message is a wake-up of a version this code knows; anything else belongs in the dead-letter queue. */
export function isWakeUp(body: string): boolean {
  try {
    return wakeUpSchema.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}
