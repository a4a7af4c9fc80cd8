/** Asking a practice to register an app; or, with a receipt behind the `#`, what became of it. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { failureOf, practiceForApps } from '../client/index.ts';
import { Loaded } from '../kit/index.ts';
import { useDeveloperWords } from './developer-words.ts';
import { Frame } from './frame.tsx';
import { ReceiptPanel } from './receipt-panel.tsx';
import { RequestForm } from './request-form.tsx';

export function DeveloperPage() {
  const [receipt, setReceipt] = useState(() => location.hash.slice(1));
  const slug = decodeURIComponent(location.pathname.split('/')[2] ?? '');
  useEffect(() => {
    const follow = () => setReceipt(location.hash.slice(1));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  if (receipt !== '') return <ReceiptPanel receipt={receipt} />;
  return slug === '' ? <Closed /> : <Practice slug={slug} />;
}

function Practice({ slug }: { readonly slug: string }) {
  const w = useDeveloperWords();
  const query = useQuery({ ...practiceForApps(slug), retry: false });
  if (query.error !== null && failureOf(query.error) === 'refused') return <Closed />;
  if (query.data === undefined) {
    return (
      <Frame title="Postern">
        <Loaded query={query}>{() => null}</Loaded>
      </Frame>
    );
  }
  return (
    <Frame title={w.title(query.data.name)} text={w.lead}>
      <RequestForm
        slug={slug}
        onSent={(receipt) => {
          location.hash = receipt;
        }}
      />
    </Frame>
  );
}

function Closed() {
  const w = useDeveloperWords();
  return <Frame title={w.closed} text={w.closedText} />;
}
