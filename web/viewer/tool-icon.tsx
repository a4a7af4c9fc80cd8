/** Line icons of the viewer, of the weight and grid of those of the kit. */

const PATHS = {
  brightness:
    'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2' +
    'M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  contrast: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18M12 7h6.5M12 12h9M12 17h6.5',
  download: 'M12 4v11M7 10.5l5 5 5-5M4.5 20h15',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  invert: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3a9 9 0 0 1 0 18ZM12 5v14M14.5 4.5v15M17 6v12M19.5 8.5v7',
  minus: 'M5 12h14',
  next: 'M6 9.5l6 6 6-6',
  plus: 'M12 5v14M5 12h14',
  previous: 'M6 14.5l6-6 6 6',
  print: 'M7 9V4h10v5M7 17H4.5V9.5h15V17H17M7 14h10v6.5H7Z',
  reset: 'M4.5 5v5h5M5 10a8 8 0 1 1-.8 4',
  rotate: 'M19.5 5v5h-5M19 10a8 8 0 1 0 .8 4',
  ruler: 'M3 15.5 15.5 3 21 8.5 8.5 21ZM7 11.5l2 2M10 8.5l3 3M13 5.5l2 2',
} as const;

export type ToolIconName = keyof typeof PATHS;

export function ToolIcon({ name }: { readonly name: ToolIconName }) {
  return (
    <svg
      width={22}
      height={22}
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
