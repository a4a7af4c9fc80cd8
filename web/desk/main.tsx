/** The desk: for the staff of a practice. */
import { RouterProvider } from '@tanstack/react-router';
import { loadPagesAhead, startApp } from '../kit/index.ts';
import { router } from './router.tsx';

void startApp(<RouterProvider router={router} />);
loadPagesAhead(router);
