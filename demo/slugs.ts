/** What the two practices of the demo are called in addresses; no practice of anybody's is called so. */
export const RIVERSIDE_SLUG = 'riverside-dental';
export const LAKESIDE_SLUG = 'lakeside-family';
export const DEMO_SLUGS: readonly string[] = [RIVERSIDE_SLUG, LAKESIDE_SLUG];
