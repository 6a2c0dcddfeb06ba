import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Screen } from '../../components/screen.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { ApiKeys } from './api-keys.tsx';
import { keysPageQuery } from './queries.ts';
import { SigningKeys } from './signing-keys.tsx';

const route = getRouteApi('/keys');

/** API keys, and the keys that sign requests. Only a key with the scope admin sees them. */
export const KeysScreen = () => {
  const { ended, cursor } = route.useSearch();
  // Nothing knows where the second list begins before the first one is read.
  const hasEndedReading = !useQuery(keysPageQuery(cursor)).isPending;
  const navigate = route.useNavigate();
  return (
    <Screen
      title="Keys"
      actions={
        <Segmented
          label="Which keys show"
          value={ended === undefined ? 'valid' : 'all'}
          options={[
            { value: 'valid', label: 'Valid keys' },
            { value: 'all', label: 'Ended ones, too' },
          ]}
          onChange={(value) =>
            void navigate({ to: '/keys', search: value === 'all' ? { ended: 'shown' } : {} })
          }
        />
      }
    >
      <ApiKeys />
      {hasEndedReading && <SigningKeys />}
    </Screen>
  );
};
