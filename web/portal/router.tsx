/**
 * The pages of the portal by their addresses. Paths are typed: a link to a page that is not here does not
 * compile. A page's code comes when it is first opened.
 */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { FailureNotice, PageFault } from '../kit/index.ts';
import { ChartFrame } from './chart-frame.tsx';
import { OverviewPage } from './overview-page.tsx';
import { Alone, Entrance, PortalFrame, WayBack } from './portal-frame.tsx';

const root = createRootRoute({
  component: PortalFrame,
  notFoundComponent: () => (
    <Alone>
      <FailureNotice failure="refused" />
      <WayBack />
    </Alone>
  ),
});

const entrance = createRoute({ getParentRoute: () => root, path: '/', component: Entrance });

const chart = createRoute({
  getParentRoute: () => root,
  path: '$chart',
  component: ChartFrame,
  notFoundComponent: () => <FailureNotice failure="refused" />,
});

const overview = createRoute({
  getParentRoute: () => chart,
  path: '/',
  // The page that nearly everybody opens first: its code comes with the app's.
  component: OverviewPage,
});

const health = createRoute({
  getParentRoute: () => chart,
  path: 'health',
  component: lazyRouteComponent(() => import('./health-page.tsx'), 'HealthPage'),
});

const results = createRoute({
  getParentRoute: () => chart,
  path: 'results',
  component: lazyRouteComponent(() => import('./results-page.tsx'), 'ResultsPage'),
});

const result = createRoute({
  getParentRoute: () => chart,
  path: 'results/$result',
  component: lazyRouteComponent(() => import('./result-page.tsx'), 'ResultPage'),
});

const documents = createRoute({
  getParentRoute: () => chart,
  path: 'documents',
  component: lazyRouteComponent(() => import('./documents-page.tsx'), 'DocumentsPage'),
});

const document = createRoute({
  getParentRoute: () => chart,
  path: 'documents/$document',
  component: lazyRouteComponent(() => import('./document-page.tsx'), 'DocumentPage'),
});

const cards = createRoute({
  getParentRoute: () => chart,
  path: 'cards',
  component: lazyRouteComponent(() => import('./cards-page.tsx'), 'CardsPage'),
});

const camera = createRoute({
  getParentRoute: () => chart,
  path: 'camera',
  component: lazyRouteComponent(() => import('./camera-page.tsx'), 'CameraPage'),
});

const links = createRoute({
  getParentRoute: () => chart,
  path: 'links',
  component: lazyRouteComponent(() => import('./links-page.tsx'), 'LinksPage'),
});

const access = createRoute({
  getParentRoute: () => chart,
  path: 'access',
  component: lazyRouteComponent(() => import('./access-page.tsx'), 'AccessPage'),
  // Everyone, unless the address says that only others are to be shown.
  validateSearch: (search: Record<string, unknown>): { who?: 'others' } =>
    search.who === 'others' ? { who: 'others' } : {},
});

const family = createRoute({
  getParentRoute: () => chart,
  path: 'family',
  component: lazyRouteComponent(() => import('./family-page.tsx'), 'FamilyPage'),
});

const routeTree = root.addChildren([
  entrance,
  chart.addChildren([
    overview,
    health,
    results,
    result,
    documents,
    document,
    cards,
    camera,
    links,
    access,
    family,
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: '/portal',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: PageFault,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
