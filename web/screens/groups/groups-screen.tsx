import { getRouteApi } from '@tanstack/react-router';
import { Screen } from '../../components/screen.tsx';
import { TabLinks } from '../../components/tab-links.tsx';
import { GroupsTab } from './groups-tab.tsx';
import { HostsTab } from './hosts-tab.tsx';
import type { GroupsSearch } from './search.ts';

const route = getRouteApi('/groups');

/** How each group of jobs does, and what each host does to the requests. */
export const GroupsScreen = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = (next: GroupsSearch) => void navigate({ to: '/groups', search: next });
  const Tab = search.tab === 'hosts' ? HostsTab : GroupsTab;
  return (
    <Screen title="Groups and hosts">
      <TabLinks
        label="Views"
        current={search.tab ?? 'groups'}
        tabs={[
          { value: 'groups', label: 'Groups' },
          { value: 'hosts', label: 'Hosts' },
        ]}
        onChange={(tab) => go(tab === 'hosts' ? { tab } : {})}
      />
      <Tab search={search} go={go} />
    </Screen>
  );
};
