/**
 * The pages of the desk by their addresses, and what of an address is taken. Paths are typed: a link to a
 * page that is not here does not compile. A page's code comes when it is first opened.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { FailureNotice, PageFault, PageHeading } from '../kit/index.ts';
import { linesShown, patientsAsked, reviewShown } from './addresses.ts';
import { DeskFrame } from './desk-frame.tsx';
import { useSession } from './desk-session.ts';

const root = createRootRoute({
  component: DeskFrame,
  notFoundComponent: Nowhere,
});

function Nowhere() {
  const { practice } = useSession();
  const name = practice?.name ?? '';
  return (
    <>
      <PageHeading title={name} within={name} />
      <FailureNotice failure="refused" />
    </>
  );
}

const entrance = createRoute({ getParentRoute: () => root, path: '/', component: Entrance });

/** `/desk` itself goes to what is open to whoever signed in. */
function Entrance() {
  const { sections, seesLines } = useSession();
  const toLines = seesLines && !sections.includes('administrative');
  return <Navigate to={toLines ? '/access' : '/patients'} replace />;
}

const patients = createRoute({
  getParentRoute: () => root,
  path: 'patients',
  component: lazyRouteComponent(() => import('./patients-page.tsx'), 'PatientsPage'),
  validateSearch: patientsAsked,
});

const chart = createRoute({
  getParentRoute: () => root,
  path: 'patients/$chart',
  component: lazyRouteComponent(() => import('./chart-page.tsx'), 'ChartPage'),
});

const documents = createRoute({
  getParentRoute: () => root,
  path: 'patients/$chart/documents',
  component: lazyRouteComponent(() => import('./documents-page.tsx'), 'DocumentsPage'),
});

const document = createRoute({
  getParentRoute: () => root,
  path: 'patients/$chart/documents/$document',
  component: lazyRouteComponent(() => import('./document-page.tsx'), 'DocumentPage'),
});

const cards = createRoute({
  getParentRoute: () => root,
  path: 'patients/$chart/cards',
  component: lazyRouteComponent(() => import('./cards-page.tsx'), 'CardsPage'),
});

const endingCards = createRoute({
  getParentRoute: () => root,
  path: 'cards',
  component: lazyRouteComponent(() => import('./ending-cards-page.tsx'), 'EndingCardsPage'),
});

const consents = createRoute({
  getParentRoute: () => root,
  path: 'patients/$chart/consents',
  component: lazyRouteComponent(() => import('./consents-page.tsx'), 'ConsentsPage'),
});

const camera = createRoute({
  getParentRoute: () => root,
  path: 'patients/$chart/camera',
  component: lazyRouteComponent(() => import('./camera-page.tsx'), 'CameraPage'),
});

const sent = createRoute({
  getParentRoute: () => root,
  path: 'sent',
  component: lazyRouteComponent(() => import('./sent-page.tsx'), 'SentPage'),
});

const access = createRoute({
  getParentRoute: () => root,
  path: 'access',
  component: lazyRouteComponent(() => import('./access-page.tsx'), 'AccessPage'),
  validateSearch: linesShown,
});

const staff = createRoute({
  getParentRoute: () => root,
  path: 'staff',
  component: lazyRouteComponent(() => import('./staff-page.tsx'), 'StaffPage'),
});

const online = createRoute({
  getParentRoute: () => root,
  path: 'online-access',
  component: lazyRouteComponent(() => import('./online-page.tsx'), 'OnlinePage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: 'settings',
  component: lazyRouteComponent(() => import('./settings-page.tsx'), 'SettingsPage'),
});

const files = createRoute({
  getParentRoute: () => root,
  path: 'files',
  component: lazyRouteComponent(() => import('./files-page.tsx'), 'FilesPage'),
});

const apps = createRoute({
  getParentRoute: () => root,
  path: 'apps',
  component: lazyRouteComponent(() => import('./apps-page.tsx'), 'AppsPage'),
});

const reviews = createRoute({
  getParentRoute: () => root,
  path: 'reviews',
  component: lazyRouteComponent(() => import('./review-page.tsx'), 'ReviewPage'),
  validateSearch: reviewShown,
});

const routeTree = root.addChildren([
  entrance,
  patients,
  chart,
  documents,
  document,
  cards,
  camera,
  consents,
  sent,
  endingCards,
  access,
  online,
  staff,
  reviews,
  apps,
  files,
  settings,
]);

export const router = createRouter({
  routeTree,
  basepath: '/desk',
  // Opening a chart is a line in the access log: nothing is opened by a pointer that passes over it.
  defaultPreload: false,
  scrollRestoration: true,
  defaultErrorComponent: PageFault,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
