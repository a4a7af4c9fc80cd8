/** The page on which a person says whether an app may come in. */
import { dressPage, startApp } from '../kit/index.ts';
import { ConsentPage } from './consent-page.tsx';

dressPage();
void startApp(<ConsentPage />);
