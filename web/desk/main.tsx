/** The desk: for the staff of a practice. */
import { startApp } from '../kit/index.ts';

startApp(null);
