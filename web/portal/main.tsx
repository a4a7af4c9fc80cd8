/** The portal: for patients, and for those who act for them. */
import { RouterProvider } from '@tanstack/react-router';
import { startApp } from '../kit/index.ts';
import { router } from './router.tsx';

startApp(<RouterProvider router={router} />);
