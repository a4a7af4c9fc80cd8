/** The portal: for patients, and for those who act for them. */
import { RouterProvider } from '@tanstack/react-router';
import { chartPatient, sessionQuery } from '../client/index.ts';
import { loadPagesAhead, startApp } from '../kit/index.ts';
import { chartAt } from './chart-address.ts';
import { router } from './router.tsx';

void startApp(<RouterProvider router={router} />, async (queries) => {
  const { chart } = chartAt(location.pathname);
  await Promise.all([
    queries.prefetchQuery(sessionQuery),
    ...(chart === null ? [] : [queries.prefetchQuery(chartPatient(chart))]),
    router.load(),
  ]);
});
loadPagesAhead(router);
