/**
 * The first looks of the portal, drawn when it is built, in each language: its frame, and the first page of
 * a record with marks in the place of names (`start.ts` fills them in).
 */
import { QueryClient } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { renderToString } from 'react-dom/server';
import { chartPatient, type Session, sessionQuery } from '../client/index.ts';
import { AppRoot, LANGUAGES, type Language, mark, templateOf } from '../kit/index.ts';
import { ChartFrame } from './chart-frame.tsx';
import { overviewHeading } from './overview-heading.ts';
import { OverviewOutline } from './overview-page.tsx';
import { PortalFrame } from './portal-frame.tsx';
import { PORTAL_WORDS } from './portal-words.ts';

/** In the place of the chart, where an address needs one. */
const CHART = '00000000-0000-4000-8000-000000000000';

const SESSION: Session = {
  account: { id: '', name: mark('account'), email: null },
  practice: { slug: '', name: mark('practice') },
  roles: [],
  methods: [],
  assured: true,
  until: '',
  idleSeconds: 0,
  cardDays: 0,
  apps: ['portal'],
  sections: [],
  opens: [],
  charts: [CHART, 'another'].map((chart) => ({
    chart,
    own: false,
    sections: [],
    opens: [],
    sends: [],
    takes: false,
  })),
  sends: [],
  takes: false,
  seesLines: false,
  keeps: [],
};

export async function firstLooks(): Promise<string> {
  const languages = Object.keys(LANGUAGES) as Language[];
  const looks = languages.map(async (language) => {
    const known = new QueryClient();
    known.setQueryData(sessionQuery.queryKey, SESSION);
    known.setQueryData(chartPatient(CHART).queryKey, {
      resourceType: 'Patient',
      name: [{ text: mark('name'), given: [mark('given')] }],
    });
    const overview = (await draw(language, known))
      .replaceAll(CHART, mark('chart'))
      // The first letter of a mark is what initials of it are.
      .replace('>⟦</span>', `>${mark('initials')}</span>`);
    const frame = await draw(language, new QueryClient());
    return (
      templateOf(frame, 'frame', language) + templateOf(overview, 'overview', language, headings(language))
    );
  });
  return (await Promise.all(looks)).join('');
}

async function draw(language: Language, queries: QueryClient): Promise<string> {
  const root = createRootRoute({ component: PortalFrame });
  const chart = createRoute({ getParentRoute: () => root, path: '$chart', component: ChartFrame });
  const overview = createRoute({
    getParentRoute: () => chart,
    path: '/',
    component: () => <OverviewOutline title={mark('title')} lead={mark('lead')} />,
  });
  const router = createRouter({
    routeTree: root.addChildren([chart.addChildren([overview])]),
    basepath: '/portal',
    history: createMemoryHistory({ initialEntries: [`/portal/${CHART}`] }),
  });
  await router.load();
  return renderToString(
    <AppRoot queries={queries} language={language}>
      <RouterProvider router={router as never} />
    </AppRoot>,
  );
}

/** Every heading that the page can have, to be chosen from when it is known whose record it is. */
function headings(language: Language): Readonly<Record<string, string>> {
  const names = { name: mark('name'), given: mark('given'), practice: mark('practice') };
  const told = [true, false].flatMap((own) =>
    [true, false].flatMap((whole) => {
      const { title, lead } = overviewHeading(PORTAL_WORDS[language], { own, whole, ...names });
      const kind = `${own ? 'own' : 'other'}${whole ? '' : '-part'}`;
      return [
        [`${kind}-title`, title],
        [`${kind}-lead`, lead],
      ] as const;
    }),
  );
  return Object.fromEntries(told);
}
