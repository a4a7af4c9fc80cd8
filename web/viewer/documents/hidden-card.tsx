/** A card that is hidden until somebody asks to see it: the server then shows it for some minutes. */
import type { Attachment } from '@medplum/fhirtypes';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { binaryOf, failureOf, REVEAL_PURPOSES, type RevealPurpose, revealCard } from '../../client/index.ts';
import { ActionButton, FailureNotice, Notice, Select } from '../../kit/index.ts';
import { useViewerWords } from '../viewer-words.ts';
import styles from './hidden-card.module.css';

/** Who looks: whoever works here says what for, the patient and those who act for them need not. */
export type Reader = 'patient' | 'staff';

interface HiddenCardProps {
  readonly attachment: Attachment;
  readonly reader: Reader;
  onShown(): void;
}

export function HiddenCard({ attachment, reader, onShown }: HiddenCardProps) {
  const { documents: w } = useViewerWords();
  const [purpose, setPurpose] = useState<RevealPurpose>('identity');
  const reveal = useMutation({
    mutationFn: async () => {
      const binary = binaryOf(attachment);
      // What is no file of this practice has nothing to be revealed.
      if (binary !== null) await revealCard(binary, reader === 'patient' ? 'own' : purpose);
    },
    onSuccess: onShown,
  });
  const show = (
    <ActionButton busy={reveal.isPending} onClick={() => reveal.mutate()}>
      {w.reveal}
    </ActionButton>
  );
  return (
    <>
      <Notice icon="lock" title={w.card} {...(reader === 'patient' ? { action: show } : {})}>
        {reader === 'patient' ? w.cardTextOwn : w.cardText}
      </Notice>
      {reader === 'staff' && (
        <div className={styles.ask}>
          <Select
            label={w.revealFor}
            value={purpose}
            onChange={(value) => setPurpose(REVEAL_PURPOSES.find((each) => each === value) ?? 'identity')}
            options={REVEAL_PURPOSES.map((value) => ({ value, name: w.purposes[value] }))}
          />
          {show}
        </div>
      )}
      {reveal.isError && <FailureNotice failure={failureOf(reveal.error)} />}
    </>
  );
}
