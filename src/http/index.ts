/** The door of the HTTP room. */
export { explainListen } from './listen-failure.ts';
export { describeError, type Log, openLog } from './log.ts';
export { type PressureLimits, USUAL_LIMITS } from './pressure.ts';
export { createServer, type Server, type ServerParts } from './server.ts';
