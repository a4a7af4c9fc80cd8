/** A small picture of a document in a list, drawn by the server when it comes into view. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import {
  binaryOf,
  chartOfDocument,
  isCard,
  type ListedDocument,
  opensFiles,
  sessionQuery,
} from '../../client/index.ts';
import { Icon } from '../../kit/index.ts';
import styles from './thumbnail.module.css';

/** What the server draws; of anything else there is a plain sign, and nothing is asked. */
const DRAWN = /^(?:image\/(?:png|jpeg|webp|heic|heif|tiff)|application\/(?:pdf|dicom))$/;

export function Thumbnail({ document }: { readonly document: ListedDocument }) {
  const { data: session } = useQuery(sessionQuery);
  const attachment = document.document.content[0]?.attachment;
  const binary = attachment === undefined ? null : binaryOf(attachment);
  // To look at a card is a deliberate act, and so is not done by a list.
  const isShown =
    binary !== null &&
    session !== undefined &&
    opensFiles(session, chartOfDocument(document), 'pictures') &&
    !isCard(document) &&
    document.document.status === 'current' &&
    DRAWN.test(attachment?.contentType ?? '');
  return (
    <span className={styles.look} aria-hidden="true">
      {isShown ? <Picture key={binary} binary={binary} /> : <Sign isCard={isCard(document)} />}
    </span>
  );
}

function Sign({ isCard }: { readonly isCard: boolean }) {
  return <Icon name={isCard ? 'card' : 'document'} size={24} />;
}

function Picture({ binary }: { readonly binary: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const [state, setState] = useState<'away' | 'near' | 'none'>('away');
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    // Each is a line in the access log: what nobody has scrolled to is not asked for.
    const watch = new IntersectionObserver(
      (seen) => {
        if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
        watch.disconnect();
        setState('near');
      },
      { rootMargin: '50px' },
    );
    watch.observe(current);
    return () => watch.disconnect();
  }, []);
  return (
    <span ref={place} className={styles.picture}>
      {state === 'near' ? (
        <img
          src={`/fhir/Binary/${encodeURIComponent(binary)}/$preview?size=thumbnail`}
          alt=""
          width={48}
          height={48}
          decoding="async"
          onError={() => setState('none')}
        />
      ) : (
        <Sign isCard={false} />
      )}
    </span>
  );
}
