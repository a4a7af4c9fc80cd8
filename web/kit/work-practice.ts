/**
 * The practice whose own sign-in was last used in this browser, so that its staff type its short name once.
 * It is in the browser alone, and says nothing of who was here: on the way to the provider and back the door
 * also keeps which of our pages to come back to.
 */
import type { PracticeName } from '../client/index.ts';
import { returnAddress } from './leave.ts';

const KEPT = 'postern-work';
const ON_THE_WAY = 'postern-on-the-way';
const SLUG = /^[\w-]{1,100}$/;

/** Null where none was used here, or the browser keeps nothing. */
export function workPractice(): PracticeName | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? 'null') as Partial<PracticeName> | null;
    if (typeof kept?.slug !== 'string' || typeof kept.name !== 'string' || !SLUG.test(kept.slug)) return null;
    return { slug: kept.slug, name: kept.name.slice(0, 100) };
  } catch {
    return null;
  }
}

export function keepWorkPractice({ slug, name }: PracticeName): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ slug, name }));
  } catch {
    // A browser that keeps nothing asks the next time, too.
  }
}

/** Before the browser goes to a provider: which of our pages to come back to, if any. */
export function noteWayBack(to: string | null): void {
  try {
    sessionStorage.setItem(ON_THE_WAY, returnAddress(to) ?? '');
  } catch {
    // It then comes back to the door, which leads on.
  }
}

/** Once: the page to come back to, empty for none in particular; null where nobody was on the way. */
export function takeWayBack(): string | null {
  try {
    const noted = sessionStorage.getItem(ON_THE_WAY);
    sessionStorage.removeItem(ON_THE_WAY);
    return noted === null ? null : (returnAddress(noted) ?? '');
  } catch {
    return null;
  }
}
