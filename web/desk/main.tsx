/** The desk: for the staff of a practice. */
import { RouterProvider } from '@tanstack/react-router';
import { startApp } from '../kit/index.ts';
import { router } from './router.tsx';

startApp(<RouterProvider router={router} />);
