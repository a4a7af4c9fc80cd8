/** Why a way in, or a change of one, did not work, and what to do about it. It never says what is known. */
import { CeremonyError, failureOf, waitOf } from '../client/index.ts';
import { useKitWords } from './kit-words.ts';
import { FailureNotice, Notice } from './notice.tsx';

export interface TroubleProps {
  /** Null where there is none. */
  readonly error: unknown;
  /** What to say of what the server would not take, instead of the usual. */
  readonly wrong?: string;
}

export function Trouble({ error, wrong }: TroubleProps) {
  const w = useKitWords();
  if (error === null || error === undefined) return null;
  if (error instanceof CeremonyError) return <CeremonyTrouble error={error} />;
  const failure = failureOf(error);
  if (failure === 'untouched') return <Told title={w.untouched} text={w.untouchedText} />;
  if (failure === 'throttled') return <Told title={w.throttledTitle} text={w.waitText(minutesOf(error))} />;
  if (failure === 'invalid') return <Told title={w.wrongTitle} text={wrong ?? w.wrongText} />;
  return <FailureNotice failure={failure} />;
}

function minutesOf(error: unknown): number {
  return Math.max(1, Math.ceil((waitOf(error) ?? 60) / 60));
}

function CeremonyTrouble({ error: { failure, origin } }: { readonly error: CeremonyError }) {
  const w = useKitWords();
  if (failure === 'dropped') return null;
  if (failure === 'elsewhere' && origin !== null) {
    const there = new URL(location.pathname + location.search, origin).href;
    return (
      <div role="alert">
        <Notice
          icon="door"
          title={w.elsewhere}
          tone="warning"
          action={<a href={there}>{w.goThere(origin)}</a>}
        >
          {w.elsewhereText}
        </Notice>
      </div>
    );
  }
  if (failure === 'known') return <Told title={w.knownKey} text={w.knownKeyText} />;
  if (failure === 'not-done') return <Told title={w.notDone} text={w.notDoneText} />;
  return <Told title={w.noPasskeys} text={w.noPasskeysText} />;
}

function Told({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div role="alert">
      <Notice icon="alert" title={title} tone="warning">
        {text}
      </Notice>
    </div>
  );
}
