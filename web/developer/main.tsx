/** The page on which a developer asks a practice to register an app. */
import { dressPage, startApp } from '../kit/index.ts';
import { DeveloperPage } from './developer-page.tsx';

dressPage();
void startApp(<DeveloperPage />);
