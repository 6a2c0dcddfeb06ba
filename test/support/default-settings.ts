import { settingsOf } from '../../functions/compose/settings.ts';
import { generalSchema } from '../../lib/config.ts';

/** The settings of functions that are told nothing but where their queue is. */
export const defaultSettings = settingsOf(
  generalSchema.parse({ BELFRY_WAKE_UP_QUEUE_URL: 'http://localhost/' }),
);
