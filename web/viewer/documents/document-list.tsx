/** The documents of a chart by year, with what finds one among many. */
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import {
  ALL_DOCUMENTS,
  type DocumentsSought,
  isCard,
  isEverything,
  kindKey,
  type ListedDocument,
  soughtDocuments,
} from '../../client/index.ts';
import { ActionButton, Field, Icon, Notice, Panel, Select, Tag, useFormat } from '../../kit/index.ts';
import { useViewerWords } from '../viewer-words.ts';
import styles from './document-list.module.css';
import { useKindName } from './document-words.ts';

/** Below that there is nothing to look for. */
const FEW = 6;

export interface DocumentLink {
  readonly document: string;
  readonly className: string;
  readonly children: ReactNode;
}

export interface DocumentListProps {
  /** Whose documents; what was looked for in them is kept while the app is open, and in no address. */
  readonly chart: string;
  readonly documents: readonly ListedDocument[];
  /** Fetches what has not come yet, for whoever looks for something; null where everything is here. */
  readonly onMore: (() => void) | null;
  readonly link: (link: DocumentLink) => ReactNode;
}

export function DocumentList({ chart, documents, onMore, link }: DocumentListProps) {
  const w = useViewerWords();
  const [sought, seek] = useSought(chart);
  const kindName = useKindName();
  const found = soughtDocuments(documents, sought, kindName);
  const isFiltered = !isEverything(sought);
  useEffect(() => {
    if (isFiltered) onMore?.();
  }, [isFiltered, onMore]);
  return (
    <>
      {(documents.length >= FEW || isFiltered) && (
        <Filters documents={documents} sought={sought} onSeek={seek} found={found.length} />
      )}
      {isFiltered && found.length === 0 && onMore === null && (
        <Notice
          icon="search"
          title={w.documents.noneFound}
          action={<ActionButton onClick={() => seek(ALL_DOCUMENTS)}>{w.documents.showAll}</ActionButton>}
        >
          {w.documents.noneFoundText}
        </Notice>
      )}
      {byYear(found).map(([year, ofYear]) => (
        <Panel key={year} title={year || w.documents.undated} icon="document">
          <ul className={styles.list}>
            {ofYear.map((each) => (
              <DocumentRow key={each.id} document={each} link={link} />
            ))}
          </ul>
        </Panel>
      ))}
    </>
  );
}

/** In memory alone: what somebody looks for says something of them, and would stay in an address. */
const kept = new Map<string, DocumentsSought>();

function useSought(chart: string): [DocumentsSought, (sought: DocumentsSought) => void] {
  const [sought, setSought] = useState(() => kept.get(chart) ?? ALL_DOCUMENTS);
  const seek = (next: DocumentsSought) => {
    kept.set(chart, next);
    setSought(next);
  };
  return [sought, seek];
}

/** In the order they come in. */
function byYear(found: readonly ListedDocument[]): [year: string, ofYear: ListedDocument[]][] {
  const years = new Map<string, ListedDocument[]>();
  for (const each of found) {
    const year = each.date.slice(0, 4);
    years.set(year, [...(years.get(year) ?? []), each]);
  }
  return [...years];
}

interface FiltersProps {
  readonly documents: readonly ListedDocument[];
  readonly sought: DocumentsSought;
  readonly onSeek: (sought: DocumentsSought) => void;
  readonly found: number;
}

function Filters({ documents, sought, onSeek, found }: FiltersProps) {
  const { documents: w } = useViewerWords();
  const format = useFormat();
  const kindName = useKindName();
  const kinds = new Map(documents.map((each) => [kindKey(each), kindName(each)]));
  kinds.delete('');
  const named = [...kinds].map(([value, name]) => ({ value, name }));
  named.sort((one, other) => one.name.localeCompare(other.name, format.language));
  const years = [...new Set(documents.map(({ date }) => date.slice(0, 4)))].filter((year) => year !== '');
  return (
    <search className={styles.filters} aria-label={w.filter}>
      <Field label={w.words} value={sought.words} onChange={(words) => onSeek({ ...sought, words })} />
      <Select
        label={w.kind}
        value={sought.kind}
        onChange={(kind) => onSeek({ ...sought, kind })}
        options={[{ value: '', name: w.everyKind }, ...named]}
      />
      <Select
        label={w.year}
        value={sought.year}
        onChange={(year) => onSeek({ ...sought, year })}
        options={[{ value: '', name: w.everyYear }, ...years.map((year) => ({ value: year, name: year }))]}
      />
      <p className={styles.found} role="status">
        {isEverything(sought) ? '' : w.found(format.number(found))}
      </p>
    </search>
  );
}

interface DocumentRowProps {
  readonly document: ListedDocument;
  readonly link: DocumentListProps['link'];
}

export function DocumentRow({ document, link }: DocumentRowProps) {
  const { documents: w } = useViewerWords();
  const format = useFormat();
  const kind = useKindName()(document);
  const name = document.name || kind || w.untitled;
  const about = [kind === name ? '' : kind, ...document.authors].filter(Boolean);
  return (
    <li className={styles.row}>
      <div className={styles.lines}>
        <div className={styles.pair}>
          {link({ document: document.id, className: styles.name ?? '', children: name })}
          {document.date !== '' && <span className={styles.when}>{format.shortDate(document.date)}</span>}
        </div>
        {(about.length > 0 || isCard(document)) && (
          <div className={styles.about}>
            {about.join(' · ')} {isCard(document) && <Tag>{w.hidden}</Tag>}
          </div>
        )}
      </div>
      <span className={styles.open}>
        <Icon name="open" />
      </span>
    </li>
  );
}
