import { parseNameCursor } from '../../lib/api/cursor.ts';
import { groupSpanResource, groupsQuerySchema, groupSummaryResource } from '../../lib/api/group-schemas.ts';
import { hostsPageResource, hostsQuerySchema, hostSummaryResource } from '../../lib/api/host-schemas.ts';
import { listReply, nextAfter } from '../../lib/api/list-reply.ts';
import { parseQuery } from '../../lib/api/query.ts';
import { jsonReply } from '../../lib/api/reply.ts';
import { groupStatsQuerySchema, toAskedGroupStats } from '../../lib/api/stats-query.ts';
import { groupStatsResource } from '../../lib/api/stats-resource.ts';
import type { GroupSummary } from '../../lib/domain/group-summary.ts';
import type { HostSummary } from '../../lib/domain/host-summary.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';

type GroupRoute = 'GET /api/v1/groups' | 'GET /api/v1/stats/groups' | 'GET /api/v1/hosts';

/** Makes the endpoints of groups of jobs, and of hosts. */
export const makeGroupEndpoints = (
  deps: Pick<ApiDeps, 'listGroups' | 'readGroupStats' | 'listHosts'>,
): Record<GroupRoute, Endpoint> => ({
  'GET /api/v1/groups': async (event) => {
    const { limit, cursor, span = '24h', order = 'name' } = parseQuery(groupsQuerySchema, event);
    const afterName = parseNameCursor('groups', cursor) ?? '';
    const groups = await deps.listGroups({ limit, span, order, afterName });
    const next = nextAfter(groups, ofGroups.position);
    const listed = { items: groups.items, next, also: { span, ...groupSpanResource(groups) } };
    return listReply('groups', listed, { limit, offset: undefined }, ofGroups);
  },
  'GET /api/v1/stats/groups': async (event) => {
    const query = parseQuery(groupStatsQuerySchema, event);
    return jsonReply(200, groupStatsResource(await deps.readGroupStats(toAskedGroupStats(query))));
  },
  'GET /api/v1/hosts': async (event) => {
    const { limit, cursor, order = 'name' } = parseQuery(hostsQuerySchema, event);
    const afterHost = parseNameCursor('hosts', cursor) ?? '';
    const hosts = await deps.listHosts({ limit, order, afterHost });
    const next = nextAfter(hosts, ofHosts.position);
    const listed = { items: hosts.items, next, also: hostsPageResource(hosts) };
    return listReply('hosts', listed, { limit, offset: undefined }, ofHosts);
  },
});

const ofGroups = {
  json: (group: GroupSummary) => JSON.stringify(groupSummaryResource(group)),
  position: ({ group }: GroupSummary) => group,
};
const ofHosts = {
  json: (host: HostSummary) => JSON.stringify(hostSummaryResource(host)),
  position: ({ host }: HostSummary) => host,
};
