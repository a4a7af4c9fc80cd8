/** The door of the watch. */
export { type Circumstances, faultsBefore, faultsWithin, openingFault } from './production/careful.ts';
export { FAULT_CHECKS, type Fault, type FaultCheck, refusalOf } from './production/fault.ts';
export { isProduction } from './production/production.ts';
