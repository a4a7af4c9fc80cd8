/** What the account does before its app is there: language, look, and who is signed in. */
import { askAhead } from '../client/index.ts';
import { appOfPage, dressPage, pageRead } from '../kit/index.ts';

const startApp = appOfPage();
dressPage();
void askAhead('/session');
void pageRead().then(startApp);
