import { readJson } from '../../lib/api/json-body.ts';
import { apiLimits } from '../../lib/api/limits.ts';
import { noQuerySchema, parseQuery } from '../../lib/api/query.ts';
import { jsonReply } from '../../lib/api/reply.ts';
import { loadResource, parseLoad } from '../../lib/api/schedule-load.ts';
import { parsePreview, previewResource } from '../../lib/api/schedule-preview.ts';
import { previewSchedule } from '../../lib/app/preview-schedule.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import type { Endpoint } from './endpoint.ts';

type ScheduleRoute = 'POST /api/v1/schedules/preview' | 'POST /api/v1/schedules/load';

/** Makes the endpoints about schedules without a job. They change nothing. */
export const makeScheduleEndpoints = ({
  clock,
  readScheduleLoad,
}: ApiDeps): Record<ScheduleRoute, Endpoint> => ({
  'POST /api/v1/schedules/preview': async (event) => {
    parseQuery(noQuerySchema, event);
    const asked = parsePreview(readJson(event, apiLimits.jobBodyBytes), clock.nowMs());
    return jsonReply(200, previewResource(asked, previewSchedule(asked)));
  },
  'POST /api/v1/schedules/load': async (event) => {
    parseQuery(noQuerySchema, event);
    const asked = parseLoad(readJson(event, apiLimits.jobBodyBytes), clock.nowMs());
    return jsonReply(200, loadResource(asked, await readScheduleLoad(asked)));
  },
});
