/** What somebody is sending into a chart. It goes on while they look at other pages of the app. */
import { type FileToSend, type SendingTrouble, SentFile } from '../../client/index.ts';

export type Standing =
  /** Chosen; to be named and sent. */
  | { readonly kind: 'chosen' }
  /** Its turn comes. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'sending' | 'paused' | 'lost'; readonly sent: number }
  | { readonly kind: 'sent' }
  /** The record has it already; `since` is an instant. */
  | { readonly kind: 'known'; readonly since: string }
  | { readonly kind: 'failed'; readonly trouble: SendingTrouble };

export interface Parcel {
  readonly key: number;
  readonly file: File;
  readonly type: string;
  readonly title: string;
  readonly date: string;
  /** Whether it is to be sent although the record has it already. */
  readonly anyway: boolean;
  readonly standing: Standing;
}

export type ParcelWords = Pick<Parcel, 'type' | 'title' | 'date'>;

/** At once; more would only share the same line. */
const LANES = 2;

export class Outbox {
  readonly #chart: string;
  readonly #onSent: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #going = new Map<number, SentFile>();
  #parcels: readonly Parcel[] = [];
  #next = 1;
  #isWarning = false;

  /** `onSent` is called whenever another document stands in the chart. */
  constructor(chart: string, onSent: () => void) {
    this.#chart = chart;
    this.#onSent = onSent;
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly parcels = () => this.#parcels;

  add(files: readonly File[], wordsOf: (file: File) => ParcelWords): void {
    const added = files.map((file): Parcel => {
      const standing: Standing = file.size === 0 ? { kind: 'failed', trouble: 'empty' } : { kind: 'chosen' };
      return { key: this.#next++, file, ...wordsOf(file), anyway: false, standing };
    });
    this.#tell([...this.#parcels, ...added]);
  }

  say(key: number, words: Partial<ParcelWords>): void {
    this.#change(key, words);
  }

  /** Sends all that were chosen. */
  send(): void {
    this.#tell(
      this.#parcels.map((each) =>
        each.standing.kind === 'chosen' ? { ...each, standing: { kind: 'queued' } } : each,
      ),
    );
    this.#fill();
  }

  pause(key: number): void {
    this.#going.get(key)?.pause();
    const parcel = this.#find(key);
    if (parcel !== undefined) this.#stand(key, { kind: 'paused', sent: sentOf(parcel) });
    this.#fill();
  }

  resume(key: number): void {
    const parcel = this.#find(key);
    if (parcel?.standing.kind !== 'paused') return;
    this.#stand(key, { kind: 'sending', sent: sentOf(parcel) });
    this.#begin(key);
  }

  /** What was not taken may be sent again, from its beginning. */
  again(key: number): void {
    this.#going.delete(key);
    this.#stand(key, { kind: 'queued' });
    this.#fill();
  }

  /** Sends what the record has already. */
  anyway(key: number): void {
    this.#change(key, { anyway: true });
    this.again(key);
  }

  /** Ends it where it is on its way, and takes it off the list. */
  drop(key: number): void {
    this.#going.get(key)?.cancel();
    this.#going.delete(key);
    this.#tell(this.#parcels.filter((each) => each.key !== key));
    this.#fill();
  }

  /** Takes what is done off the list. */
  clear(): void {
    this.#tell(this.#parcels.filter(({ standing }) => standing.kind !== 'sent'));
  }

  #fill(): void {
    const isBusy = ({ standing: { kind } }: Parcel) => kind === 'sending' || kind === 'lost';
    for (const { key, standing } of this.#parcels) {
      if (this.#parcels.filter(isBusy).length >= LANES) return;
      if (standing.kind !== 'queued') continue;
      this.#stand(key, { kind: 'sending', sent: 0 });
      this.#begin(key);
    }
  }

  #begin(key: number): void {
    const known = this.#going.get(key);
    if (known !== undefined) {
      known.start();
      return;
    }
    const { file, type, title, date, anyway } = this.#find(key)!;
    const order: FileToSend = { chart: this.#chart, file, type, title, date, anyway };
    const sent = new SentFile(order, {
      progress: (bytes) => this.#stand(key, { kind: 'sending', sent: bytes }),
      lost: () => {
        const parcel = this.#find(key);
        if (parcel !== undefined) this.#stand(key, { kind: 'lost', sent: sentOf(parcel) });
      },
      done: () => {
        this.#end(key, { kind: 'sent' });
        this.#onSent();
      },
      failed: (trouble) => this.#end(key, { kind: 'failed', trouble }),
      known: (since) => this.#end(key, { kind: 'known', since }),
    });
    this.#going.set(key, sent);
    sent.start();
  }

  #end(key: number, standing: Standing): void {
    this.#going.delete(key);
    this.#stand(key, standing);
    this.#fill();
  }

  #find(key: number): Parcel | undefined {
    return this.#parcels.find((each) => each.key === key);
  }

  #stand(key: number, standing: Standing): void {
    this.#change(key, { standing });
  }

  #change(key: number, change: Partial<Parcel>): void {
    this.#tell(this.#parcels.map((each) => (each.key === key ? { ...each, ...change } : each)));
  }

  /** Whoever closes the page while something is on its way is asked first. */
  #warn(wanted: boolean): void {
    if (wanted === this.#isWarning) return;
    this.#isWarning = wanted;
    if (wanted) addEventListener('beforeunload', askFirst);
    else removeEventListener('beforeunload', askFirst);
  }

  #tell(parcels: readonly Parcel[]): void {
    this.#parcels = parcels;
    this.#warn(parcels.some(isUnderWay));
    for (const listener of this.#listeners) listener();
  }
}

/** Bytes that have gone out. */
export function sentOf({ standing, file }: Pick<Parcel, 'standing' | 'file'>): number {
  if (standing.kind === 'sent') return file.size;
  return 'sent' in standing ? standing.sent : 0;
}

function askFirst(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

const outboxes = new Map<string, Outbox>();

/** The one of that chart, as long as the page of the browser is open. */
export function outboxOf(chart: string, onSent: () => void): Outbox {
  const known = outboxes.get(chart);
  if (known !== undefined) return known;
  const made = new Outbox(chart, onSent);
  outboxes.set(chart, made);
  return made;
}

/** Begun, and not over yet. */
function isUnderWay({ standing: { kind } }: Parcel): boolean {
  return kind === 'queued' || kind === 'sending' || kind === 'paused' || kind === 'lost';
}
