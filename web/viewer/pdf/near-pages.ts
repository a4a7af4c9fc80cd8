/** Which pages are in sight or nearly so, and which one is read. */
import { type RefObject, useCallback, useEffect, useState } from 'react';

export interface NearPages {
  readonly near: ReadonlySet<number>;
  /** The page that is read: the topmost of which much is seen. */
  readonly here: number;
  goTo(page: number): void;
}

export function useNearPages(place: RefObject<HTMLElement | null>, pages: number): NearPages {
  const [near, setNear] = useState<ReadonlySet<number>>(new Set([1]));
  const [here, setHere] = useState(1);
  useEffect(() => {
    const element = place.current;
    if (element === null || pages === 0) return;
    const seen = new Set<number>();
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const page = Number((target as HTMLElement).dataset.page);
          if (isIntersecting) seen.add(page);
          else seen.delete(page);
        }
        setNear(new Set(seen));
      },
      // A screen more above and below.
      { root: element, rootMargin: '100% 0px' },
    );
    for (const sheet of sheetsIn(element)) watcher.observe(sheet);
    return () => watcher.disconnect();
  }, [place, pages]);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const onScroll = () => setHere(pageAt(element));
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [place]);
  const goTo = useCallback(
    (page: number) => {
      const element = place.current;
      const sheet = element?.querySelector<HTMLElement>(`[data-page="${page}"]`);
      if (element === null || sheet === undefined || sheet === null) return;
      element.scrollTo({ top: sheet.offsetTop - 8 });
    },
    [place],
  );
  return { near, here, goTo };
}

function sheetsIn(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>('[data-page]')];
}

/** The page at the upper third of what is seen. */
function pageAt(element: HTMLElement): number {
  const line = element.scrollTop + element.clientHeight / 3;
  const above = sheetsIn(element).filter((sheet) => sheet.offsetTop <= line);
  return Number(above.at(-1)?.dataset.page ?? 1);
}
