import { usePreferences } from '../base/preferences.ts';

export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The time zone in which times are shown. */
export const useZone = (): string => (usePreferences().zone === 'UTC' ? 'UTC' : ownZone);
