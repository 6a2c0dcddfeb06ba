import { Segmented } from '../../components/segmented.tsx';
import { ownZone } from '../../time/zone.ts';
import { setPreferences, usePreferences } from '../../base/preferences.ts';

/** The zone in which times are shown: that of this machine, or UTC. Where both are the same, there is nothing to choose. */
export const ZoneChoice = () => {
  const { zone } = usePreferences();
  if (['UTC', 'Etc/UTC'].includes(ownZone)) return null;
  return (
    <Segmented
      label="Time zone"
      value={zone}
      options={[
        { value: 'mine', label: ownZone.split('/').at(-1)?.replaceAll('_', ' ') ?? ownZone, title: ownZone },
        { value: 'UTC', label: 'UTC', title: 'Coordinated Universal Time' },
      ]}
      onChange={(value) => setPreferences({ zone: value })}
    />
  );
};
