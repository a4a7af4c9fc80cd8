/** The door of the command: what stands up a whole installation, for tests of one. */
export { type DemoLink, demoLinks } from './demo-links.ts';
export { loadDemo } from './load-demo.ts';
export { type OpenPosternOptions, openPostern, type Postern } from './open-postern.ts';
