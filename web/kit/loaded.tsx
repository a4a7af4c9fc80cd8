/** Shows what a query brings: a quiet outline while it comes, the reason where it does not. */
import { Skeleton } from '@mantine/core';
import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { failureOf, type Page } from '../client/index.ts';
import { ActionButton } from './button.tsx';
import { useKitWords } from './kit-words.ts';
import styles from './loaded.module.css';
import { FailureNotice } from './notice.tsx';

export function Outline({ lines = 3 }: { readonly lines?: number }) {
  const w = useKitWords();
  return (
    <div className={styles.outline} role="status" aria-label={w.loading}>
      {Array.from({ length: lines }, (_, line) => `line ${line}`).map((key) => (
        <Skeleton key={key} className={styles.line ?? ''} height="1.1em" radius="sm" />
      ))}
    </div>
  );
}

export interface LoadedProps<T> {
  readonly query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, lines = 3, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isPending) return <Outline lines={lines} />;
  return <FailureNotice failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
}

type Resource = Page<never>['included'][number];

export interface LoadedPagesProps<T extends Resource> {
  readonly query: UseInfiniteQueryResult<{ pages: Page<T>[] }>;
  readonly lines?: number;
  readonly children: (found: readonly T[], included: readonly Resource[]) => ReactNode;
}

/** The same of a search by pages, with a button for the next. */
export function LoadedPages<T extends Resource>({ query, lines = 3, children }: LoadedPagesProps<T>) {
  const w = useKitWords();
  return (
    <Loaded query={query} lines={lines}>
      {({ pages }) => (
        <>
          {children(
            pages.flatMap(({ found }) => found),
            pages.flatMap(({ included }) => included),
          )}
          {query.isFetchNextPageError && <FailureNotice failure={failureOf(query.error)} />}
          {query.hasNextPage && (
            <div className={styles.more}>
              <ActionButton busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {w.showMore}
              </ActionButton>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
