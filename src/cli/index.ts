/** The door of the command: what stands up a whole installation, for tests of one. */
export { loadDemo } from './load-demo.ts';
export { type OpenPosternOptions, openPostern, type Postern } from './open-postern.ts';
