import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  redirect,
} from '@tanstack/react-router';
import { dashboardPath } from '../api/root.ts';
import { parseActivitySearch } from '../screens/activity/search.ts';
import { parseCalendarSearch } from '../screens/calendar/search.ts';
import { parseExecutionsSearch } from '../screens/executions/search.ts';
import { parseFailureSearch } from '../screens/failure/search.ts';
import { parseFailuresSearch } from '../screens/failures/search.ts';
import { parseGroupsSearch } from '../screens/groups/search.ts';
import { parseJobSearch } from '../screens/job/search.ts';
import { parseNewJobSearch } from '../screens/job-form/search.ts';
import { parseJobsSearch } from '../screens/jobs/search.ts';
import { parseKeysSearch } from '../screens/keys/search.ts';
import { parseOverviewSearch } from '../screens/overview/search.ts';
import { NotFound } from './not-found.tsx';
import { ScreenError } from './screen-error.tsx';
import { parseSearch, stringifySearch } from './search.ts';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Shell });

/** An address whose id is not a number has no screen, and the API is not asked for it. */
const needsId = {
  beforeLoad: ({ params }: { params: { id: string } }) => {
    if (!/^[1-9]\d{0,14}$/.test(params.id)) throw notFound();
  },
};

// Each screen is a chunk of its own. A new screen has a line here and one in shell/nav-entries.ts.
const routeTree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/overview', replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/overview',
    validateSearch: parseOverviewSearch,
    component: lazyRouteComponent(() => import('../screens/overview/overview-screen.tsx'), 'OverviewScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs',
    validateSearch: parseJobsSearch,
    component: lazyRouteComponent(() => import('../screens/jobs/jobs-screen.tsx'), 'JobsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs/new',
    validateSearch: parseNewJobSearch,
    component: lazyRouteComponent(() => import('../screens/job-form/new-job-screen.tsx'), 'NewJobScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs/$id',
    ...needsId,
    validateSearch: parseJobSearch,
    component: lazyRouteComponent(() => import('../screens/job/job-screen.tsx'), 'JobScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs/$id/edit',
    ...needsId,
    component: lazyRouteComponent(() => import('../screens/job-form/edit-job-screen.tsx'), 'EditJobScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/calendar',
    validateSearch: parseCalendarSearch,
    component: lazyRouteComponent(() => import('../screens/calendar/calendar-screen.tsx'), 'CalendarScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/executions',
    validateSearch: parseExecutionsSearch,
    component: lazyRouteComponent(
      () => import('../screens/executions/executions-screen.tsx'),
      'ExecutionsScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/executions/$id',
    ...needsId,
    component: lazyRouteComponent(
      () => import('../screens/execution/execution-screen.tsx'),
      'ExecutionScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/failures',
    validateSearch: parseFailuresSearch,
    component: lazyRouteComponent(() => import('../screens/failures/failures-screen.tsx'), 'FailuresScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/failures/$id',
    ...needsId,
    validateSearch: parseFailureSearch,
    component: lazyRouteComponent(() => import('../screens/failure/failure-screen.tsx'), 'FailureScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/groups',
    validateSearch: parseGroupsSearch,
    component: lazyRouteComponent(() => import('../screens/groups/groups-screen.tsx'), 'GroupsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/activity',
    validateSearch: parseActivitySearch,
    component: lazyRouteComponent(() => import('../screens/activity/activity-screen.tsx'), 'ActivityScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/keys',
    validateSearch: parseKeysSearch,
    component: lazyRouteComponent(() => import('../screens/keys/keys-screen.tsx'), 'KeysScreen'),
  }),
]);

export const router = createRouter({
  routeTree,
  basepath: dashboardPath,
  parseSearch,
  stringifySearch,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: ScreenError,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
