/** The door of the demo: two practices made of nothing but a date. */
import { Calendar } from './calendar.ts';
import type { DemoPersonLine, DemoPractice } from './demo-practice.ts';
import { openRiverside } from './dental/riverside.ts';
import { openLakeside } from './medical/lakeside.ts';

export { CANARY_KEY, canaryMarks } from './canary.ts';
export type {
  DemoPerson,
  DemoPersonLine,
  DemoPractice,
  DemoProxy,
  DemoResource,
  DemoRole,
} from './demo-practice.ts';
export { DEMO_SLUGS, LAKESIDE_SLUG, RIVERSIDE_SLUG } from './slugs.ts';

/**
 * Both practices, the same to the byte for the same day (UTC) of `today`. The people are there at once; the
 * records take seconds when they are first read, most of it for the radiographs. Reads and writes nothing.
 */
export function generateDemo({ today }: { today: Date }): DemoPractice[] {
  const calendar = new Calendar(today);
  return [openRiverside(calendar), openLakeside(calendar)];
}

/** Everyone who can sign in, practice by practice; who belongs to both stands in both with one e-mail. */
export function demoPeople(practices: readonly DemoPractice[]): DemoPersonLine[] {
  return practices.flatMap(({ slug, people }) =>
    people.map(({ name, email, roles, chart, proxyFor }) => ({
      name,
      email,
      practice: slug,
      roles,
      chart: chart ?? null,
      proxyFor: proxyFor ?? [],
    })),
  );
}
