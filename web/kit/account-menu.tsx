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
    <Menu
      position="bottom-end"
      width={280}
      shadow="md"
      // Within the header, and so within a landmark; and without an element that no menu may hold.
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
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
      <Menu.RadioGroup value={language} onChange={(code) => speak(code as Language)}>
        {Object.entries(LANGUAGES).map(([code, own]) => (
          <Menu.RadioItem key={code} value={code} lang={code} checkIcon={<Chosen />}>
            {own}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

function Looks() {
  const w = useKitWords();
  // Without it Mantine writes a style into the page, which the policy of the page forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const looks = { auto: w.lookAuto, light: w.lookLight, dark: w.lookDark } as const;
  return (
    <>
      <Menu.Label>{w.look}</Menu.Label>
      <Menu.RadioGroup value={colorScheme} onChange={(look) => setColorScheme(look as keyof typeof looks)}>
        {Object.entries(looks).map(([look, said]) => (
          <Menu.RadioItem key={look} value={look} checkIcon={<Chosen />}>
            {said}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

function Chosen() {
  return <Icon name="check" size={18} />;
}

/** First letters of the first and last name, without titles before a comma. */
export function initialsOf(name: string): string {
  const words = (name.split(',')[0] ?? '').split(/\s+/).filter((word) => word !== '' && !word.endsWith('.'));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '');
  return letters.join('').toUpperCase();
}
