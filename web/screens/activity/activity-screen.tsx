import { Screen } from '../../components/screen.tsx';
import { Activity } from './activity.tsx';

/** The changes of jobs and keys. Only a key with the scope admin sees them. */
export const ActivityScreen = () => (
  <Screen title="Activity" lead="Every change of jobs and keys, the latest first.">
    <Activity />
  </Screen>
);
