/** The code that shows pictures, when there is one to show. */
import { lazy } from 'react';

export const PictureView = lazy(async () => ({
  default: (await import('./picture/picture-view.tsx')).PictureView,
}));
