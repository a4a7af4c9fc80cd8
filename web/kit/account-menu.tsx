/** Who is signed in, and what belongs to the person rather than to the page: language, look, leaving. */
import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import type { Session } from '../client/index.ts';
import styles from './account-menu.module.css';
import { Icon } from './icon.tsx';
import { useKitWords } from './kit-words.ts';
import { LANGUAGES, type Language, useLanguage } from './language.tsx';
import { leave } from './leave.ts';

export interface AccountMenuProps {
  readonly session: Session;
  /** The app that this menu is in; the other one is offered to whoever has both. */
  readonly app: 'desk' | 'portal';
}

export function AccountMenu({ session, app }: AccountMenuProps) {
  const w = useKitWords();
  const name = session.account.name ?? '';
  const other = session.apps.find((each) => each !== app);
  return (
    <Menu position="bottom-end" width={260} shadow="md" withinPortal>
      <Menu.Target>
        <UnstyledButton className={styles.target ?? ''} aria-label={`${w.account}: ${name}`}>
          <span className={styles.initials} aria-hidden="true">
            {initialsOf(name)}
          </span>
          <span className={styles.name}>{name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={styles.dropdown ?? ''}>
        <div className={styles.who}>
          <span>{w.signedInAs}</span>
          <strong>{name}</strong>
        </div>
        <Languages />
        <Looks />
        <Menu.Divider />
        {other !== undefined && (
          <Menu.Item component="a" href={`/${other}`}>
            {other === 'portal' ? w.goToPortal : w.goToDesk}
          </Menu.Item>
        )}
        <Menu.Item onClick={() => void leave('idle')}>{w.lock}</Menu.Item>
        <Menu.Item onClick={() => void leave('out')}>{w.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Languages() {
  const w = useKitWords();
  const { language, speak } = useLanguage();
  return (
    <>
      <Menu.Label>{w.language}</Menu.Label>
      {Object.entries(LANGUAGES).map(([code, own]) => (
        <Choice key={code} chosen={code === language} onChoose={() => speak(code as Language)} lang={code}>
          {own}
        </Choice>
      ))}
    </>
  );
}

function Looks() {
  const w = useKitWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const looks = { auto: w.lookAuto, light: w.lookLight, dark: w.lookDark } as const;
  return (
    <>
      <Menu.Label>{w.look}</Menu.Label>
      {Object.entries(looks).map(([look, said]) => (
        <Choice
          key={look}
          chosen={look === colorScheme}
          onChoose={() => setColorScheme(look as keyof typeof looks)}
        >
          {said}
        </Choice>
      ))}
    </>
  );
}

interface ChoiceProps {
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly children: string;
  readonly lang?: string;
}

function Choice({ chosen, onChoose, children, lang }: ChoiceProps) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={chosen}
      closeMenuOnClick={false}
      onClick={onChoose}
      rightSection={chosen ? <Icon name="check" size={18} /> : null}
      {...(lang === undefined ? {} : { lang })}
    >
      {children}
    </Menu.Item>
  );
}

/** First letters of the first and last name, without titles before a comma. */
export function initialsOf(name: string): string {
  const words = (name.split(',')[0] ?? '').split(/\s+/).filter((word) => word !== '' && !word.endsWith('.'));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '');
  return letters.join('').toUpperCase();
}
