/** Line icons of one weight on a grid of 24; they accompany words and never stand for them. */

const PATHS = {
  alert: 'M12 8v5M12 16.5v.01M10.3 4.2 3 17a2 2 0 0 0 1.7 3h14.6a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0Z',
  allergy: 'M12 21c4-1.6 7-4.6 7-9V6l-7-3-7 3v6c0 4.4 3 7.4 7 9ZM12 9v4M12 15.8v.01',
  apps: 'M4 4h6.5v6.5H4ZM13.5 4H20v6.5h-6.5ZM4 13.5h6.5V20H4ZM13.5 13.5H20V20h-6.5Z',
  back: 'M15 5l-7 7 7 7',
  calendar: 'M4 6.5h16V20H4ZM4 10.5h16M8 4v4M16 4v4',
  card: 'M3 6h18v12H3ZM3 10h18M7 14.5h4',
  chart: 'M4 4v16h16M7.5 15l4-5 3.5 3L20 7',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
  document: 'M6 3h8l4 4v14H6ZM14 3v4h4M9 12h6M9 16h6',
  door: 'M6 21V10a6 6 0 0 1 12 0v11ZM3.5 21h17M14.5 14.5v.01',
  eye:
    'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z' +
    'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  health: 'M12 20s-8-4.6-8-10.6A4.4 4.4 0 0 1 12 7a4.4 4.4 0 0 1 8 2.4C20 15.4 12 20 12 20Z',
  home: 'M4 11.5 12 4l8 7.5M6 10v10h12V10M10 20v-5.5h4V20',
  key: 'M8 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12.5 12H21v3.5M17.5 12v2.5',
  lock: 'M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  mail: 'M3.5 6h17v12h-17ZM4 6.5l8 6.5 8-6.5',
  offline:
    'M4 4l16 16M9 16.5a4.5 4.5 0 0 1 5.7-.3M5.5 13a9.5 9.5 0 0 1 4-2.4' +
    'M13.5 10.2a9.5 9.5 0 0 1 5 2.8M12 20v.01',
  open: 'M9 5l7 7-7 7',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0',
  pill: 'M10.5 20.5a5 5 0 0 1-7-7l7-7a5 5 0 0 1 7 7ZM7 10l7 7',
  people:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0' +
    'M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8',
  search: 'M10.5 18a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM21 21l-5-5',
  settings: 'M4 7h9M17 7h3M15 9.5v-5M4 17h3M11 17h9M9 19.5v-5M4 12h16',
  tooth:
    'M12 5.5C10.5 4 8.8 3.5 7.5 3.5 5 3.5 3.5 5.6 3.8 8.4c.3 2.4 1.4 3.6 1.8 6.4.3 2.4.6 5.7 2.1 5.7' +
    ' 2 0 1.4-6 4.3-6s2.3 6 4.3 6c1.5 0 1.8-3.3 2.1-5.7.4-2.8 1.5-4 1.8-6.4.3-2.8-1.2-4.9-3.7-4.9' +
    '-1.3 0-3 .5-4.5 2Z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The small private door in a wall. */
export function Mark({ size = 32 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill="var(--pine)" />
      <path d="M10 25V15a6 6 0 0 1 12 0v10Z" fill="var(--on-pine)" opacity="0.28" />
      <path d="M10 25V15a6 6 0 0 1 6-6c1.2 0 2 .6 2 1.8V25Z" fill="var(--on-pine)" />
      <circle cx="15.4" cy="18" r="1.1" fill="var(--pine)" />
    </svg>
  );
}
