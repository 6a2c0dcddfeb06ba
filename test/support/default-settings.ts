import { settingsOf } from '../../functions/compose/settings.ts';
import { generalSchema } from '../../lib/config.ts';

/** The settings of functions whose environment has only the URL of their queue. */
export const defaultSettings = settingsOf(
  generalSchema.parse({ BELFRY_WAKE_UP_QUEUE_URL: 'http://localhost/' }),
);
