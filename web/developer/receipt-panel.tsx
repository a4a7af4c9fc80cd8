/** What became of a request: it waits, or the owner of the practice has decided. */
import { useQuery } from '@tanstack/react-query';
import { appReceipt, failureOf } from '../client/index.ts';
import { Facts, Loaded, Tag, type Tone } from '../kit/index.ts';
import styles from './developer.module.css';
import { useDeveloperWords } from './developer-words.ts';
import { Frame } from './frame.tsx';

const TONES: Readonly<Record<string, Tone>> = { waiting: 'attention', approved: 'good', refused: 'alert' };

export function ReceiptPanel({ receipt }: { readonly receipt: string }) {
  const w = useDeveloperWords();
  const query = useQuery({ ...appReceipt(receipt), retry: false });
  if (query.error !== null && failureOf(query.error) === 'refused') {
    return (
      <Frame title={w.gone} text={w.goneText}>
        <Again />
      </Frame>
    );
  }
  return (
    <Frame title={w.receipt}>
      <Loaded query={query}>
        {({ state, clientId }) => (
          <>
            <p className={styles.state} role="status">
              <Tag tone={TONES[state] ?? 'plain'}>{w.states[state]}</Tag>
            </p>
            {clientId === null ? (
              <p className={styles.text}>{w.keep}</p>
            ) : (
              <Facts
                facts={[
                  { name: w.clientId, value: <code>{clientId}</code> },
                  {
                    name: w.where,
                    value: (
                      <a href="/fhir/.well-known/smart-configuration">
                        {`${location.origin}/fhir/.well-known/smart-configuration`}
                      </a>
                    ),
                  },
                ]}
              />
            )}
          </>
        )}
      </Loaded>
      <Again />
    </Frame>
  );
}

function Again() {
  const w = useDeveloperWords();
  return (
    <p className={styles.text}>
      <a className={styles.again} href={location.pathname}>
        {w.again}
      </a>
    </p>
  );
}
