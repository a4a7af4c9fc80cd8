/** The account: how one signs in, and where one is signed in. For patients and staff alike. */
import { startApp } from '../kit/index.ts';
import { AccountFrame } from './account-frame.tsx';

void startApp(<AccountFrame />);
