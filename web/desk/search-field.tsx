/** Finding a patient from everywhere. On the list it searches while one types; elsewhere, on Enter. */
import { useNavigate, useRouterState, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../kit/index.ts';
import { useDeskWords } from './desk-words.ts';
import { focusRow } from './list-keys.ts';
import styles from './search-field.module.css';

const PAUSE_MS = 200;

export function SearchField() {
  const w = useDeskWords();
  const field = useRef<HTMLInputElement>(null);
  const isOnList = useRouterState({ select: ({ location }) => /^\/patients\/?$/.test(location.pathname) });
  const { q = '' } = useSearch({ strict: false });
  const [typed, setTyped] = useTyped(isOnList ? q : '', isOnList);
  const search = useSearchFor();
  useSlash(field);
  // Whoever comes to the list with a keyboard comes to search; on a phone, keys would cover the list.
  useEffect(() => {
    if (isOnList && matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true });
  }, [isOnList]);
  return (
    <search className={styles.search}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isOnList && typed.trim() === q.trim()) focusRow('first');
          else search(typed, isOnList);
        }}
      >
        <span className={styles.icon}>
          <Icon name="search" />
        </span>
        <input
          ref={field}
          className={styles.field}
          type="search"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown' && focusRow('first')) event.preventDefault();
            // Who presses the key that leads here is here already.
            if (event.key === '/' && typed === '') event.preventDefault();
            if (event.key === 'Escape' && typed === '') field.current?.blur();
          }}
          aria-label={w.search}
          aria-keyshortcuts="/"
          placeholder={w.searchHint}
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="search"
          maxLength={100}
        />
        <span className={styles.key} aria-hidden="true">
          /
        </span>
      </form>
    </search>
  );
}

/** What stands in the field: what is typed, and what the address says when that changes by itself. */
function useTyped(inAddress: string, isLive: boolean): [string, (text: string) => void] {
  const search = useSearchFor();
  const [typed, setTyped] = useState(inAddress);
  const sent = useRef(inAddress);
  useEffect(() => {
    if (inAddress === sent.current) return;
    sent.current = inAddress;
    setTyped(inAddress);
  }, [inAddress]);
  useEffect(() => {
    if (!isLive || typed.trim() === sent.current.trim()) return;
    const timer = setTimeout(() => {
      sent.current = typed.trim();
      search(typed, true);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, isLive, search]);
  return [typed, setTyped];
}

/** Puts a search into the address; `replace` while one goes on typing, so that "back" leaves the list. */
function useSearchFor(): (text: string, replace: boolean) => void {
  const navigate = useNavigate();
  const go = useRef(navigate);
  go.current = navigate;
  return useRef((text: string, replace: boolean) => {
    const q = text.trim();
    void go.current({
      to: '/patients',
      search: ({ sort }) => ({ ...(q === '' ? {} : { q }), ...(sort === undefined ? {} : { sort }) }),
      replace,
    });
  }).current;
}

/** `/` goes to the field from everywhere but from where one types. */
function useSlash(field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const at = event.target instanceof HTMLElement ? event.target : null;
      const types = at?.matches('input, textarea, select, [contenteditable], [role="dialog"] *') ?? false;
      if (event.key !== '/' || types || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [field]);
}
