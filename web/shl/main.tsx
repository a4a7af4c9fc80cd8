/** The page that opens a link which somebody was sent; nobody signs in here. */
import { dressPage, startApp } from '../kit/index.ts';
import { ReceivedPage } from './received-page.tsx';

dressPage();
void startApp(<ReceivedPage />);
