/** Going through a list of links with the arrow keys: the focus is where one is, Enter opens as ever. */

const ROWS = 'a[data-row]';

/** Moves the focus to a row; false where there is none. */
export function focusRow(which: 'first' | 'last'): boolean {
  const rows = document.querySelectorAll<HTMLElement>(ROWS);
  const row = which === 'first' ? rows[0] : rows[rows.length - 1];
  row?.focus();
  return row !== undefined;
}

/** Handles a key that was pressed within the list; before the first row comes the search. */
export function onListKey(event: React.KeyboardEvent): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: Math.min(at + 10, rows.length - 1),
    PageUp: Math.max(at - 10, 0),
    Home: 0,
    End: rows.length - 1,
  };
  const next = steps[event.key];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  if (next < 0) document.querySelector<HTMLElement>('input[type="search"]')?.focus();
  else rows[next]?.focus();
}
