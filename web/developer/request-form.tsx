/** What a developer says of the app. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type AppAsked, askForApp, failureOf } from '../client/index.ts';
import { ActionButton, Field, Select, TextArea, useLanguage } from '../kit/index.ts';
import styles from './developer.module.css';
import { useDeveloperWords } from './developer-words.ts';

const EMPTY = { name: '', purpose: '', contact: '', uri: '', redirects: '', launchUri: '', jwksUri: '' };

export interface RequestFormProps {
  readonly slug: string;
  readonly onSent: (receipt: string) => void;
}

export function RequestForm({ slug, onSent }: RequestFormProps) {
  const w = useDeveloperWords();
  const { language } = useLanguage();
  const [typed, setTyped] = useState(EMPTY);
  const [isKeyed, setKeyed] = useState(false);
  const sending = useMutation({
    mutationFn: (asked: AppAsked) => askForApp(slug, asked),
    onSuccess: onSent,
  });
  const set = (name: keyof typeof EMPTY) => (value: string) => setTyped({ ...typed, [name]: value });
  const send = () => {
    const { redirects, jwksUri, ...rest } = typed;
    const redirectUris = redirects.split(/\s+/).filter((each) => each !== '');
    sending.mutate({ ...rest, language, redirectUris, jwksUri: isKeyed ? jwksUri : '' });
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Field label={w.name} hint={w.nameHint} value={typed.name} onChange={set('name')} required />
      <TextArea
        label={w.purpose}
        hint={w.purposeHint}
        value={typed.purpose}
        onChange={set('purpose')}
        required
      />
      <Field
        label={w.contact}
        hint={w.contactHint}
        type="email"
        value={typed.contact}
        onChange={set('contact')}
        required
      />
      <TextArea
        label={w.redirects}
        hint={w.redirectsHint}
        value={typed.redirects}
        onChange={set('redirects')}
        required
      />
      <Field label={w.uri} type="url" value={typed.uri} onChange={set('uri')} />
      <Field
        label={w.launch}
        hint={w.launchHint}
        type="url"
        value={typed.launchUri}
        onChange={set('launchUri')}
      />
      <Select
        label={w.keys}
        hint={w.jwksHint}
        value={isKeyed ? 'keys' : 'none'}
        onChange={(chosen) => setKeyed(chosen === 'keys')}
        options={[
          { value: 'none', name: w.keyless },
          { value: 'keys', name: w.keyed },
        ]}
      />
      {isKeyed && (
        <Field label={w.jwksUri} type="url" value={typed.jwksUri} onChange={set('jwksUri')} required />
      )}
      <ActionButton type="submit" weight="main" wide busy={sending.isPending}>
        {w.send}
      </ActionButton>
      <Fault error={sending.error} />
    </form>
  );
}

function Fault({ error }: { readonly error: unknown }) {
  const w = useDeveloperWords();
  if (error === null) return null;
  const failure = failureOf(error);
  return (
    <p role="alert" className={styles.fault}>
      {failure === 'invalid' ? w.invalid : failure === 'throttled' || failure === 'busy' ? w.wait : w.failed}
    </p>
  );
}
