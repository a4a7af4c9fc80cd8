/** The documents of a chart by year, with what finds one among many and puts them into folders. */
import type { ReactNode } from 'react';
import { useEffect, useMemo, useState } from 'react';
import {
  ALL_DOCUMENTS,
  type DocumentOrder,
  type DocumentsSought,
  documentState,
  foldersOf,
  isCard,
  isEverything,
  kindKey,
  type ListedDocument,
  soughtDocuments,
} from '../../client/index.ts';
import { ActionButton, Field, Icon, Notice, Panel, Select, Tag, useFormat } from '../../kit/index.ts';
import { ArrangeBar, FolderBar } from '../order/arrange-bar.tsx';
import { useOrderWords } from '../order/order-words.ts';
import { useViewerWords } from '../viewer-words.ts';
import styles from './document-list.module.css';
import { useKindName } from './document-words.ts';
import { Thumbnail } from './thumbnail.tsx';

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
  /** Called when documents were put elsewhere; null for whoever puts none into folders. */
  readonly onArranged?: (() => void) | null;
  readonly link: (link: DocumentLink) => ReactNode;
}

/** Rows that are drawn at once, of however many there are. */
const DRAWN = 100;

export function DocumentList({ chart, documents, onMore, onArranged = null, link }: DocumentListProps) {
  const w = useViewerWords();
  const o = useOrderWords();
  const format = useFormat();
  const [sought, seek] = useSought(chart);
  const [most, setMost] = useState(DRAWN);
  const arranging = useArranging();
  const kindName = useKindName();
  const found = useMemo(() => soughtDocuments(documents, sought, kindName), [documents, sought, kindName]);
  const isFiltered = !isEverything(sought) || sought.order !== 'newest';
  // What is looked for, or put in another order, is that of all there are.
  useEffect(() => {
    if (isFiltered || arranging.isOpen) onMore?.();
  }, [isFiltered, arranging.isOpen, onMore]);
  const shown = found.slice(0, most);
  const chosen = found.filter(({ id }) => arranging.chosen.has(id));
  const arranged = () => {
    arranging.clear();
    onArranged?.();
  };
  return (
    <>
      {(documents.length >= FEW || isFiltered) && (
        <Filters documents={documents} sought={sought} onSeek={seek} found={found.length} />
      )}
      {onArranged !== null && (
        <Arranging
          arranging={arranging}
          shown={shown}
          chosen={chosen}
          documents={documents}
          folder={onMore === null ? sought.folder : ''}
          onFolder={(folder) => {
            seek({ ...sought, folder });
            arranged();
          }}
          onDone={arranged}
        />
      )}
      {!isEverything(sought) && found.length === 0 && onMore === null && (
        <Notice
          icon="search"
          title={w.documents.noneFound}
          action={<ActionButton onClick={() => seek(ALL_DOCUMENTS)}>{w.documents.showAll}</ActionButton>}
        >
          {w.documents.noneFoundText}
        </Notice>
      )}
      {inGroups(shown, sought.order, kindName).map(([group, ofGroup]) => (
        <Panel key={group} title={group || w.documents.undated} icon="document">
          <ul className={styles.list}>
            {ofGroup.map((each) => (
              <DocumentRow
                key={each.id}
                document={each}
                link={link}
                chooser={arranging.isOpen ? arranging : null}
              />
            ))}
          </ul>
        </Panel>
      ))}
      {found.length > most && (
        <div>
          <ActionButton onClick={() => setMost(most + DRAWN)}>
            {o.more(format.number(Math.min(DRAWN, found.length - most)))}
          </ActionButton>
        </div>
      )}
    </>
  );
}

interface Chooser {
  readonly chosen: ReadonlySet<string>;
  turn(id: string): void;
}

interface Arranger extends Chooser {
  readonly isOpen: boolean;
  open(isOpen: boolean): void;
  choose(ids: readonly string[]): void;
  clear(): void;
}

function useArranging(): Arranger {
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return {
    isOpen,
    chosen,
    open: (open) => {
      setOpen(open);
      setChosen(new Set());
    },
    turn: (id) => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      setChosen(next);
    },
    choose: (ids) => setChosen(new Set(ids)),
    clear: () => setChosen(new Set()),
  };
}

interface ArrangingProps {
  readonly arranging: Arranger;
  readonly shown: readonly ListedDocument[];
  readonly chosen: readonly ListedDocument[];
  readonly documents: readonly ListedDocument[];
  readonly folder: string | null;
  readonly onFolder: (folder: string) => void;
  readonly onDone: () => void;
}

/** Choosing several and where they go; of a folder that is looked at, its name. */
function Arranging({ arranging, shown, chosen, documents, folder, onFolder, onDone }: ArrangingProps) {
  const o = useOrderWords();
  const folders = foldersOf(documents);
  if (!arranging.isOpen) {
    return (
      <div className={styles.bars}>
        <ActionButton onClick={() => arranging.open(true)}>{o.arrange}</ActionButton>
        {folder !== null && folder !== '' && (
          <FolderBar
            key={folder}
            documents={documents.filter((each) => each.folder === folder)}
            onDone={onFolder}
          />
        )}
      </div>
    );
  }
  return (
    <div className={styles.bars}>
      <ArrangeBar chosen={chosen} folders={folders} onDone={onDone} />
      <div className={styles.bars}>
        <ActionButton onClick={() => arranging.choose(shown.map(({ id }) => id))}>{o.chooseAll}</ActionButton>
        <ActionButton weight="quiet" onClick={() => arranging.open(false)}>
          {o.arranged}
        </ActionButton>
      </div>
    </div>
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

/** By year, or by kind where they are in that order; in one group where they go by name. */
function inGroups(
  found: readonly ListedDocument[],
  order: DocumentOrder,
  kindName: (each: ListedDocument) => string,
): [group: string, ofGroup: ListedDocument[]][] {
  const groups = new Map<string, ListedDocument[]>();
  for (const each of found) {
    const group =
      order === 'kind'
        ? kindName(each)
        : order === 'name'
          ? each.name.slice(0, 1).toUpperCase()
          : each.date.slice(0, 4);
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [each]);
    else known.push(each);
  }
  return [...groups];
}

const ORDERS = ['newest', 'oldest', 'name', 'kind'] as const satisfies readonly DocumentOrder[];
/** No folder has that name: its own begin with a word before it. */
const NO_FOLDER = 'none';

interface FiltersProps {
  readonly documents: readonly ListedDocument[];
  readonly sought: DocumentsSought;
  readonly onSeek: (sought: DocumentsSought) => void;
  readonly found: number;
}

function Filters({ documents, sought, onSeek, found }: FiltersProps) {
  const { documents: w } = useViewerWords();
  const o = useOrderWords();
  const format = useFormat();
  const kindName = useKindName();
  const folders = foldersOf(documents);
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
      {(folders.length > 0 || sought.folder !== '') && (
        <Select
          label={o.folder}
          value={sought.folder === null ? NO_FOLDER : sought.folder === '' ? '' : `in ${sought.folder}`}
          onChange={(value) =>
            onSeek({ ...sought, folder: value === NO_FOLDER ? null : value.replace(/^in /, '') })
          }
          options={[
            { value: '', name: o.everyFolder },
            { value: NO_FOLDER, name: o.noFolder },
            ...folders.map((name) => ({ value: `in ${name}`, name })),
          ]}
        />
      )}
      <Select
        label={o.sort}
        value={sought.order}
        onChange={(order) => onSeek({ ...sought, order: ORDERS.find((each) => each === order) ?? 'newest' })}
        options={ORDERS.map((value) => ({ value, name: o.sorts[value] }))}
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
  /** Where several are being chosen; then a press chooses, and opens nothing. */
  readonly chooser?: Chooser | null;
}

export function DocumentRow({ document, link, chooser = null }: DocumentRowProps) {
  const { documents: w } = useViewerWords();
  const o = useOrderWords();
  const format = useFormat();
  const kind = useKindName()(document);
  const name = document.name || kind || w.untitled;
  const about = [kind === name ? '' : kind, ...document.authors, document.folder].filter(Boolean);
  const isWaiting = documentState(document.document) === 'waiting';
  return (
    <li className={styles.row}>
      {chooser !== null && (
        <input
          type="checkbox"
          className={styles.choice}
          aria-label={o.chooseOne(name)}
          checked={chooser.chosen.has(document.id)}
          onChange={() => chooser.turn(document.id)}
        />
      )}
      <Thumbnail document={document} />
      <div className={styles.lines}>
        <div className={styles.pair}>
          {chooser === null ? (
            link({ document: document.id, className: styles.name ?? '', children: name })
          ) : (
            <span className={styles.chosen}>{name}</span>
          )}
          {document.date !== '' && <span className={styles.when}>{format.shortDate(document.date)}</span>}
        </div>
        {(about.length > 0 || isCard(document) || isWaiting) && (
          <div className={styles.about}>
            {about.join(' · ')} {isCard(document) && <Tag>{w.hidden}</Tag>}{' '}
            {isWaiting && <Tag tone="attention">{o.states.waiting}</Tag>}
          </div>
        )}
      </div>
      <span className={styles.open}>
        <Icon name="open" />
      </span>
    </li>
  );
}
