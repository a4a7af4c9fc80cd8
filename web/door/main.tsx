/** The door: signing in, coming back after a lock, choosing where to go. */
import { wakeApp } from '../kit/index.ts';
import { Door } from './door.tsx';
import { forgetStart, startHere } from './start-state.ts';

wakeApp(<Door start={startHere()} />);
forgetStart();

// A link that is pasted where the door is open already changes what is behind the `#` and loads nothing.
addEventListener('hashchange', () => location.reload());
