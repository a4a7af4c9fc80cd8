/** The door: signing in, coming back after a lock, choosing where to go. */
import { startApp } from '../kit/index.ts';
import { Door } from './door.tsx';

startApp(<Door />);
