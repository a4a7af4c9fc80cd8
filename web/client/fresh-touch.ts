/**
 * Some requests take a fresh touch: the server answers 403 and says `step-up`. Whoever draws the page asks
 * the person for it; several requests at once ask once.
 */
type AskPerson = () => Promise<boolean>;

let askPerson: AskPerson | null = null;
let asking: Promise<boolean> | null = null;

/** The function that asks; it tells whether the person was there. What is returned takes it away. */
export function askForTouchBy(next: AskPerson): () => void {
  askPerson = next;
  return () => {
    if (askPerson === next) askPerson = null;
  };
}

export function isTouchWanted(status: number, said: string): boolean {
  return status === 403 && said.includes('"step-up"');
}

/** Whether the person has shown that they are there. */
export async function touched(): Promise<boolean> {
  asking ??= (askPerson?.() ?? Promise.resolve(false)).finally(() => {
    asking = null;
  });
  return asking;
}
