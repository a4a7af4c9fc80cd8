/**
 * The narrative of a section (CDA R2 section 4.3.5) as elements of ours: what it says is kept, what it wants
 * done is not. Links are words, pictures are named, styles are bold and slanted at most.
 */
import { Fragment, type ReactNode } from 'react';
import { useViewerWords } from '../viewer-words.ts';
import styles from './reading.module.css';
import type { XmlElement, XmlNode } from './xml-tree.ts';

export function Narrative({ text }: { readonly text: XmlElement }) {
  return <div className={styles.narrative}>{inside(text)}</div>;
}

function inside({ children }: XmlElement): ReactNode {
  return children.map((child, at) => {
    // Nothing in it is ever moved.
    const key = at;
    return <Fragment key={key}>{typeof child === 'string' ? child : <Said element={child} />}</Fragment>;
  });
}

/** Elements that hold elements alone: white space between them is none in HTML. */
function within(element: XmlElement, names: readonly string[]): ReactNode {
  const kept = element.children.filter((child): child is XmlElement => isOneOf(child, names));
  return kept.map((child, at) => {
    const key = at;
    return <Said key={key} element={child} />;
  });
}

function isOneOf(node: XmlNode, names: readonly string[]): boolean {
  return typeof node !== 'string' && names.includes(node.name);
}

function Said({ element }: { readonly element: XmlElement }): ReactNode {
  switch (element.name) {
    case 'paragraph':
      return <p>{inside(element)}</p>;
    case 'content':
      return <Content element={element} />;
    case 'br':
      return <br />;
    case 'sub':
      return <sub>{inside(element)}</sub>;
    case 'sup':
      return <sup>{inside(element)}</sup>;
    case 'list':
      return <List element={element} />;
    case 'item':
      return <li>{inside(element)}</li>;
    case 'renderMultiMedia':
      return <NamedPicture />;
    default:
      return <TablePart element={element} />;
  }
}

function Content({ element }: { readonly element: XmlElement }) {
  const { styleCode = '', revised } = element.attributes;
  // What was struck out is not said any more.
  if (revised === 'delete') return null;
  if (/\bBold\b/.test(styleCode)) return <strong>{inside(element)}</strong>;
  if (/\b(Italics|Emphasis)\b/.test(styleCode)) return <em>{inside(element)}</em>;
  return <>{inside(element)}</>;
}

function List({ element }: { readonly element: XmlElement }) {
  const items = within(element, ['item']);
  const caption = element.children.find((child) => isOneOf(child, ['caption'])) as XmlElement | undefined;
  return (
    <>
      {caption !== undefined && <p className={styles.caption}>{inside(caption)}</p>}
      {element.attributes.listType === 'ordered' ? <ol>{items}</ol> : <ul>{items}</ul>}
    </>
  );
}

function NamedPicture() {
  const { ccda } = useViewerWords();
  return <em>({ccda.picture})</em>;
}

function TablePart({ element }: { readonly element: XmlElement }): ReactNode {
  switch (element.name) {
    case 'table':
      return (
        <Wide>
          <table>{within(element, ['caption', 'thead', 'tbody', 'tfoot', 'tr'])}</table>
        </Wide>
      );
    case 'thead':
      return <thead>{within(element, ['tr'])}</thead>;
    case 'tbody':
      return <tbody>{within(element, ['tr'])}</tbody>;
    case 'tfoot':
      return <tfoot>{within(element, ['tr'])}</tfoot>;
    case 'tr':
      return <tr>{within(element, ['td', 'th'])}</tr>;
    case 'th':
      return <th {...spans(element)}>{inside(element)}</th>;
    case 'td':
      return <td {...spans(element)}>{inside(element)}</td>;
    case 'caption':
      return <caption>{inside(element)}</caption>;
    default:
      return <>{inside(element)}</>;
  }
}

/** What scrolls can be gone to and scrolled by keys. */
const SCROLLED = { role: 'group', tabIndex: 0 };

function Wide({ children }: { readonly children: ReactNode }) {
  const { ccda } = useViewerWords();
  return (
    <section className={styles.wide} aria-label={ccda.table} {...SCROLLED}>
      {children}
    </section>
  );
}

function spans({ attributes }: XmlElement): { colSpan?: number; rowSpan?: number } {
  const of = (text: string | undefined) => Math.min(50, Math.max(1, Number.parseInt(text ?? '1', 10) || 1));
  return { colSpan: of(attributes.colspan), rowSpan: of(attributes.rowspan) };
}
