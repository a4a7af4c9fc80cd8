/** The door: signing in, coming back after a lock, choosing where to go. */
import { wakeApp } from '../kit/index.ts';
import { Door } from './door.tsx';
import { forgetStart, startHere } from './start-state.ts';

wakeApp(<Door start={startHere()} />);
forgetStart();
