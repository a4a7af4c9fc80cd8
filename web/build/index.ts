/** The door of the build: the web apps as files in memory, built where they are stale. */
export { builtWeb } from './built-web.ts';
export { HEAVIEST, startingBytes } from './page-weight.ts';
