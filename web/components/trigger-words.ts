import type { Execution } from '../api/types.ts';

/** Why an execution exists. */
export const triggerWords: Record<Execution['trigger'], string> = {
  SCHEDULE: 'by the schedule',
  MANUAL: 'run by hand',
  REDRIVE: 'repeated',
  CALLBACK: 'report of another execution',
};
