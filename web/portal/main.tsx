/** The portal: for patients, and for those who act for them. */
import { RouterProvider } from '@tanstack/react-router';
import { chartPatient, sessionQuery } from '../client/index.ts';
import { startApp } from '../kit/index.ts';
import { router } from './router.tsx';

startApp(<RouterProvider router={router} />, (queries) => {
  void queries.prefetchQuery(sessionQuery);
  const [, chart] = /^\/portal\/([\da-f-]{36})(\/|$)/.exec(location.pathname) ?? [];
  if (chart !== undefined) void queries.prefetchQuery(chartPatient(chart));
});
