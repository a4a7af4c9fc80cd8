/**
 * The form for reporting a weakness: what is written is sealed here, in the browser, to the operator's
 * recipient, and only then sent. What could not be sent stays on the page, and is sent again as it was
 * sealed, so that a report whose answer was lost does not arrive twice.
 */
import { Encrypter } from 'age-encryption';

type Failure = 'empty' | 'long' | 'offline' | 'throttled' | 'full' | 'broken';

/** As the server takes it (`src/watch/disclosure/sealed-report.ts`). */
const MOST_BYTES = 256 * 1024;
const ANSWER_MS = 60_000;

class NotSent extends Error {
  readonly failure: Failure;
  readonly minutes: number;

  constructor(failure: Failure, minutes = 0) {
    super(failure);
    this.failure = failure;
    this.minutes = minutes;
  }
}

function part<E extends HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`Broken invariant: the page has no ${id}`);
  return found as E;
}

/** What was sealed last, and of which text. */
let sealedLast: { readonly text: string; readonly sealed: Uint8Array<ArrayBuffer> } | null = null;

async function seal(text: string, recipient: string): Promise<Uint8Array<ArrayBuffer>> {
  if (sealedLast?.text === text) return sealedLast.sealed;
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const sealed = new Uint8Array(await encrypter.encrypt(text));
  if (sealed.length > MOST_BYTES) throw new NotSent('long');
  sealedLast = { text, sealed };
  return sealed;
}

/** The receipt. Throws `NotSent`. */
async function send(sealed: Uint8Array<ArrayBuffer>): Promise<string> {
  const answer = await fetch('/security/reports', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: sealed,
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch(() => {
    throw new NotSent('offline');
  });
  const wait = Math.max(1, Math.ceil(Number(answer.headers.get('retry-after') ?? 60) / 60));
  if (answer.status === 429) throw new NotSent('throttled', wait);
  if (answer.status === 413) throw new NotSent('long');
  if (answer.status === 503) throw new NotSent('full');
  if (answer.status !== 201) throw new NotSent('broken');
  const told = (await answer.json().catch(() => {
    throw new NotSent('offline');
  })) as { receipt: string };
  return told.receipt;
}

function standUp(form: HTMLFormElement): void {
  const what = part<HTMLTextAreaElement>('what');
  const whatFault = part('what-fault');
  const failure = part('failure');
  const progress = part('progress');
  const button = form.querySelector('button');
  let busy = false;

  const written = () => {
    const fields = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, `${value}`.trim()]),
    );
    return JSON.stringify({ ...fields, language: form.dataset.language ?? '' });
  };
  const isEmpty = () => [...new FormData(form).values()].every((value) => `${value}`.trim() === '');
  const work = (shown: string | undefined) => {
    busy = shown !== undefined;
    progress.textContent = shown ?? '';
    button?.setAttribute('aria-disabled', String(busy));
  };
  const mend = () => {
    whatFault.textContent = '';
    what.removeAttribute('aria-invalid');
  };
  const tell = ({ failure: kind, minutes }: NotSent) => {
    const text = form.querySelector<HTMLTemplateElement>(`template[data-failure="${kind}"]`);
    const place = kind === 'empty' ? whatFault : failure;
    place.textContent = (text?.content.textContent ?? '').replace('{minutes}', String(minutes));
    if (kind !== 'empty') return;
    what.setAttribute('aria-invalid', 'true');
    what.focus();
  };
  const leaving = (event: BeforeUnloadEvent) => {
    if (!isEmpty()) event.preventDefault();
  };

  const submit = async () => {
    failure.textContent = '';
    mend();
    try {
      if (what.value.trim() === '') throw new NotSent('empty');
      work(progress.dataset.sealing);
      const sealed = await seal(written(), form.dataset.recipient ?? '');
      work(progress.dataset.sending);
      const receipt = await send(sealed);
      removeEventListener('beforeunload', leaving);
      showReceipt(form, receipt);
    } catch (error) {
      tell(error instanceof NotSent ? error : new NotSent('broken'));
    } finally {
      work(undefined);
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!busy) void submit();
  });
  what.addEventListener('input', mend);
  addEventListener('beforeunload', leaving);
  form.hidden = false;
}

function showReceipt(form: HTMLFormElement, receipt: string): void {
  const done = part('done');
  part('receipt').textContent = receipt;
  const ask = part<HTMLAnchorElement>('ask');
  ask.search = `${ask.search}&number=${encodeURIComponent(receipt)}`;
  form.reset();
  form.hidden = true;
  part('lead').hidden = true;
  done.hidden = false;
  done.focus();
}

const form = document.getElementById('report');
if (form instanceof HTMLFormElement) standUp(form);
