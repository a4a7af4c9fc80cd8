/** The door of the doors' room. */
export type { BirthDates, FamilyParts } from './families/family-parts.ts';
export { type GrownUp, growUp } from './families/growing-up.ts';
export { familyRoutes } from './families/routes.ts';
