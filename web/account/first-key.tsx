/**
 * For whoever was let in by a link: a passkey first, and nothing else before it. Whom the operator vouches
 * for may put it off.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  factorsQuery,
  ownSignOnQuery,
  practiceHere,
  type Session,
  sessionQuery,
  signInByPasskey,
} from '../client/index.ts';
import { ActionButton, goOn, leave, MakePasskey, Trouble } from '../kit/index.ts';
import { useAccountWords } from './account-words.ts';
import { CodeAppSteps } from './code-app-steps.tsx';
import { PassphraseSteps } from './passphrase-steps.tsx';
import { JoinButtons } from './sign-on-panel.tsx';
import { Single } from './single.tsx';

type Step = 'make' | 'made' | 'passphrase' | 'code-app' | 'words-made';

export function FirstKey({ session }: { readonly session: Session }) {
  const w = useAccountWords();
  const factors = useQuery(factorsQuery);
  const signOn = useQuery(ownSignOnQuery);
  const [step, setStep] = useState<Step | null>(null);
  // Whoever was interrupted goes on where they were.
  const now = step ?? ((factors.data?.passkeys.length ?? 0) > 0 ? 'made' : 'make');
  const toMake = () => setStep('make');
  if (now === 'made') return <UseIt />;
  if (now === 'passphrase') return <PassphraseSteps onDone={() => setStep('code-app')} onCancel={toMake} />;
  if (now === 'code-app') return <CodeAppSteps onDone={() => setStep('words-made')} onCancel={toMake} />;
  if (now === 'words-made') {
    return (
      <Single title={w.wordsMade} text={w.wordsMadeText}>
        <ActionButton weight="main" wide onClick={() => void leave('out')}>
          {w.signInNow}
        </ActionButton>
      </Single>
    );
  }
  return (
    <Single title={w.firstKey} text={session.assured ? w.ownersKeyText : w.firstKeyText}>
      <MakePasskey onMade={() => setStep('made')} />
      <JoinButtons providers={signOn.data?.providers ?? []} back={null} wide />
      <ActionButton weight="quiet" wide onClick={() => setStep('passphrase')}>
        {w.noDevice}
      </ActionButton>
      {session.assured && (
        <ActionButton weight="quiet" wide onClick={() => goOn(session)}>
          {w.laterKey}
        </ActionButton>
      )}
    </Single>
  );
}

/** A passkey that was just made is tried at once: whoever uses it comes in by it. */
function UseIt() {
  const w = useAccountWords();
  const queries = useQueryClient();
  const entry = useMutation({
    mutationFn: async () => {
      await signInByPasskey(practiceHere());
      goOn(await queries.fetchQuery({ ...sessionQuery, staleTime: 0 }));
    },
  });
  return (
    <Single title={w.keyMade} text={w.keyMadeText}>
      <Trouble error={entry.error} />
      <ActionButton weight="main" wide busy={entry.isPending} onClick={() => entry.mutate()}>
        {w.tryKey}
      </ActionButton>
    </Single>
  );
}
