/**
 * Opens a letter in a tab of its own and asks the printer for it. The letter has no script: whoever opens it
 * prints it. False where the browser opens no tab, so that a link has to do.
 */
export function printLetter(address: string): boolean {
  const tab = window.open(address, '_blank');
  if (tab === null) return false;
  tab.addEventListener('load', () => tab.print(), { once: true });
  return true;
}
