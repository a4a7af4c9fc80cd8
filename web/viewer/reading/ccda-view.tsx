/** A document in C-CDA as people read it: about whom, by whom, and its sections. */
import { type ReactNode, useMemo } from 'react';
import { bytesOfBase64, type FileSource, sourceOfBytes } from '../../client/index.ts';
import { type Fact, Facts, Notice, useFormat } from '../../kit/index.ts';
import { InPlace } from '../closed-file.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { type CcdaDocument, type CcdaSection, readCcda } from './ccda-document.ts';
import { Narrative } from './narrative.tsx';
import styles from './reading.module.css';
import { charsetOfType, decodeText } from './text-charset.ts';
import { TextView } from './text-view.tsx';

export interface CcdaViewProps {
  readonly source: FileSource;
  readonly bytes: Uint8Array;
  /** Shows a file that stands in the place of sections. */
  readonly showFile: (source: FileSource) => ReactNode;
}

export function CcdaView({ source, bytes, showFile }: CcdaViewProps) {
  const { ccda: w } = useViewerWords();
  const document = useMemo(() => readCcda(decodeText(bytes, declarationIn(bytes))), [bytes]);
  if (document === null) {
    return (
      <>
        <InPlace>
          <Notice icon="document" title={w.unreadable}>
            {w.unreadableText}
          </Notice>
        </InPlace>
        <TextView source={source} bytes={bytes} />
      </>
    );
  }
  return (
    <article className={styles.paper}>
      <Heading document={document} />
      {document.sections.map((section, at) => {
        const key = `${at} ${section.title}`;
        return <Section key={key} section={section} level={0} />;
      })}
      {document.file !== null && <Enclosed file={document.file} showFile={showFile} />}
    </article>
  );
}

/** The first line of XML says in what letters it is written. */
function declarationIn(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  const declared = /^<\?xml[^>]*\?>/.exec(start)?.[0] ?? '';
  return charsetOfType(declared) === null ? '' : declared;
}

function Heading({ document }: { readonly document: CcdaDocument }) {
  const { ccda: w } = useViewerWords();
  const format = useFormat();
  const day = (date: string) => (date === '' ? '' : format.date(date));
  const said: Fact[] = [
    { name: w.patient, value: document.patient },
    { name: w.born, value: day(document.born) },
    { name: w.written, value: day(document.written) },
    { name: w.author, value: format.list(document.authors) },
    { name: w.from, value: document.from },
  ];
  return (
    <header className={styles.heading}>
      {document.title !== '' && <h2>{document.title}</h2>}
      <Facts facts={said.filter(({ value }) => value !== '')} />
    </header>
  );
}

function Section({ section, level }: { readonly section: CcdaSection; readonly level: number }) {
  const { ccda: w } = useViewerWords();
  const isEmpty = section.text === undefined && section.sections.length === 0;
  return (
    <section className={styles.section}>
      {section.title !== '' && (level === 0 ? <h3>{section.title}</h3> : <h4>{section.title}</h4>)}
      {section.text !== undefined && <Narrative text={section.text} />}
      {isEmpty && <p className={styles.empty}>{w.empty}</p>}
      {section.sections.map((each, at) => {
        const key = `${at} ${each.title}`;
        return <Section key={key} section={each} level={level + 1} />;
      })}
    </section>
  );
}

interface EnclosedProps {
  readonly file: { readonly mediaType: string; readonly data: string };
  readonly showFile: CcdaViewProps['showFile'];
}

function Enclosed({ file, showFile }: EnclosedProps) {
  const w = useViewerWords();
  const enclosed = useMemo(() => {
    try {
      return sourceOfBytes(bytesOfBase64(file.data), file.mediaType);
    } catch {
      return null;
    }
  }, [file]);
  if (enclosed === null) return <Notice icon="alert" title={w.damaged} />;
  return <>{showFile(enclosed)}</>;
}
