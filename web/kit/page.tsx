/** The parts of a page: its heading, its panels, its rows and facts. */
import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react';
import { Icon, type IconName } from './icon.tsx';
import styles from './page.module.css';

export interface PageHeadingProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** What the tab says instead of a title that is nobody else's business: it stays in the history. */
  readonly tab?: string;
  /** What the browser's tab says beside the title: the practice, never a patient. */
  readonly within: string;
}

/** The page whose heading was last shown; the first that is opened leaves the focus where it is. */
let stoodAt: string | null = null;

/**
 * What a page's heading does: it takes the focus when the page changes, so that a screen reader says where
 * one is, and the browser's tab says the title. A browser keeps titles in its history: the desk gives it no
 * name of a patient.
 */
export function useHeading(title: string, within: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${within}`;
  }, [title, within]);
  useEffect(() => {
    const isNext = stoodAt !== null && stoodAt !== location.pathname;
    stoodAt = location.pathname;
    // Whoever is typing a search goes on typing when its page comes.
    if (isNext && document.activeElement?.tagName !== 'INPUT')
      heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}

export function PageHeading({ title, lead, tab = title, within }: PageHeadingProps) {
  const heading = useHeading(tab, within);
  return (
    <header className={styles.heading}>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {lead !== undefined && <p className={styles.lead}>{lead}</p>}
    </header>
  );
}

export interface PanelProps {
  readonly title: string;
  readonly icon?: IconName;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ title, icon, aside, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <div className={styles.panelHead}>
        {icon !== undefined && (
          <span className={styles.panelIcon}>
            <Icon name={icon} />
          </span>
        )}
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
      </div>
      {children}
    </section>
  );
}

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Rows({ children }: { readonly children: ReactNode }) {
  return <ul className={styles.rows}>{children}</ul>;
}

export interface RowProps {
  readonly title: ReactNode;
  readonly detail?: ReactNode;
  readonly side?: ReactNode;
}

export function Row({ title, detail, side }: RowProps) {
  return (
    <li className={styles.row}>
      <div className={styles.rowTitle}>{title}</div>
      {detail !== undefined && <div className={styles.rowDetail}>{detail}</div>}
      {side !== undefined && <div className={styles.rowSide}>{side}</div>}
    </li>
  );
}

export type Tone = 'plain' | 'good' | 'attention' | 'alert';

/** A word about a thing's state; its colour only repeats what it says. */
export function Tag({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className={styles.tag} data-tone={tone}>
      {children}
    </span>
  );
}
