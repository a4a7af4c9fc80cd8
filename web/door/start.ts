/** Shows the door before its app is there. */
import { askAhead } from '../client/index.ts';
import { appOfPage, drawn, dressPage, lookOf, pageRead, rememberPress, show } from '../kit/index.ts';
import { startHere } from './start-state.ts';

const startApp = appOfPage();
dressPage();
const { look } = startHere();
if (look === 'arrival') void askAhead('/session');
void showDoor();

async function showDoor(): Promise<void> {
  await pageRead();
  show(lookOf(look).content);
  rememberPress();
  await drawn();
  await startApp();
}
