/** Documents by name: those in the sections that are open to whoever looks. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { conceptText, documents } from '../client/index.ts';
import { LoadedPages, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';
import { Shortened } from './shortened.tsx';

export function DocumentsPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const format = useFormat();
  const query = useInfiniteQuery(documents(chart));
  return (
    <Panel title={w.documents} icon="document">
      <LoadedPages query={query}>
        {(found) => {
          const current = found.filter(({ status }) => status === 'current');
          if (current.length === 0) return <p className={styles.soft}>{w.noDocuments}</p>;
          return (
            <Shortened items={current} first={5}>
              {(shown) => (
                <Rows>
                  {shown.map(({ id, type, date, description, content }) => {
                    const kind = conceptText(type);
                    const title = description ?? content[0]?.attachment.title ?? (kind || w.untitled);
                    return (
                      <Row
                        key={id}
                        title={title}
                        {...(kind === '' || kind === title ? {} : { detail: kind })}
                        side={date === undefined ? '' : format.shortDate(date)}
                      />
                    );
                  })}
                </Rows>
              )}
            </Shortened>
          );
        }}
      </LoadedPages>
    </Panel>
  );
}
