/** Who is signed in, and what belongs to the person rather than to the page: language, look, leaving. */
import { useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { Session } from '../client/index.ts';
import styles from './account-menu.module.css';
import { LANGUAGES, type Language } from './chosen.ts';
import { Icon } from './icon.tsx';
import { useKitWords } from './kit-words.ts';
import { useLanguage } from './language.tsx';
import { leave } from './leave.ts';

export interface AccountMenuProps {
  readonly session: Session;
  /** The app that this menu is in; the other one is offered to whoever has both. */
  readonly app: 'desk' | 'portal' | 'account';
}

/** A button, and beneath it a panel of plain choices and buttons: it is no menu of a program. */
export function AccountMenu({ session, app }: AccountMenuProps) {
  const w = useKitWords();
  const { isOpen, toggle, around } = useDisclosure();
  const panel = useId();
  const name = session.account.name ?? '';
  return (
    <div ref={around} className={styles.around}>
      <button
        type="button"
        className={styles.target}
        aria-label={`${w.account}: ${name}`}
        aria-expanded={isOpen}
        aria-controls={panel}
        onClick={toggle}
      >
        <span className={styles.initials} aria-hidden="true">
          {initialsOf(name)}
        </span>
        <span className={styles.name}>{name}</span>
      </button>
      <div id={panel} className={styles.panel} hidden={!isOpen}>
        {isOpen && <Choices session={session} app={app} />}
      </div>
    </div>
  );
}

/** Open until it is left: by Escape, which gives the focus back, by a press elsewhere, or by tabbing out. */
function useDisclosure() {
  const around = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      around.current?.querySelector('button')?.focus();
    };
    const onLeave = ({ target }: Event) => {
      if (!around.current?.contains(target as Node)) setOpen(false);
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('pointerdown', onLeave);
    document.addEventListener('focusin', onLeave);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('pointerdown', onLeave);
      document.removeEventListener('focusin', onLeave);
    };
  }, [isOpen]);
  return { isOpen, toggle: () => setOpen(!isOpen), around };
}

function Choices({ session, app }: AccountMenuProps) {
  const w = useKitWords();
  const { language, speak } = useLanguage();
  // Without it Mantine writes a style into the page, which the policy of the page forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const others = session.apps.filter((each) => each !== app);
  const looks = { auto: w.lookAuto, light: w.lookLight, dark: w.lookDark } as const;
  return (
    <>
      <p className={styles.who}>
        {w.signedInAs}
        <strong>{session.account.name}</strong>
      </p>
      <Choice
        name={w.language}
        choices={LANGUAGES}
        chosen={language}
        inTheirLanguage
        onChoose={(code: Language) => speak(code)}
      />
      <Choice name={w.look} choices={looks} chosen={colorScheme} onChoose={setColorScheme} />
      <div className={styles.ways}>
        {others.map((other) => (
          <a key={other} className={styles.way} href={`/${other}`}>
            {other === 'portal' ? w.goToPortal : w.goToDesk}
          </a>
        ))}
        {app !== 'account' && (
          <a className={styles.way} href="/account">
            {w.accountLink}
          </a>
        )}
        <Way onPress={() => void leave('idle')}>{w.lock}</Way>
        <Way onPress={() => void leave('out')}>{w.signOut}</Way>
      </div>
    </>
  );
}

interface ChoiceProps<Value extends string> {
  readonly name: string;
  readonly choices: Readonly<Record<Value, string>>;
  readonly chosen: Value;
  /** Each value is a language, and its word is of that language. */
  readonly inTheirLanguage?: boolean;
  readonly onChoose: (value: Value) => void;
}

function Choice<Value extends string>({
  name,
  choices,
  chosen,
  inTheirLanguage = false,
  onChoose,
}: ChoiceProps<Value>) {
  const group = useId();
  return (
    <fieldset className={styles.choice}>
      <legend>{name}</legend>
      {(Object.entries(choices) as [Value, string][]).map(([value, said]) => (
        <label key={value} className={styles.option} {...(inTheirLanguage ? { lang: value } : {})}>
          <input type="radio" name={group} checked={value === chosen} onChange={() => onChoose(value)} />
          <span className={styles.said}>{said}</span>
          {value === chosen && <Icon name="check" size={18} />}
        </label>
      ))}
    </fieldset>
  );
}

function Way({ onPress, children }: { readonly onPress: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" className={styles.way} onClick={onPress}>
      {children}
    </button>
  );
}

/** First letters of the first and last name, without titles before a comma. */
export function initialsOf(name: string): string {
  const words = (name.split(',')[0] ?? '').split(/\s+/).filter((word) => word !== '' && !word.endsWith('.'));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '');
  return letters.join('').toUpperCase();
}
