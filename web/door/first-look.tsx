/** The first looks of the door, drawn when it is built: of each language and state. */
import { QueryClient } from '@tanstack/react-query';
import { renderToString } from 'react-dom/server';
import { AppRoot, LANGUAGES, type Language, templateOf } from '../kit/index.ts';
import { Door } from './door.tsx';
import { LOOKS, LOOKS_OF_LINKS, type Look } from './start-state.ts';

export async function firstLooks(): Promise<string> {
  const languages = Object.keys(LANGUAGES) as Language[];
  return languages.flatMap((language) => LOOKS.map((look) => lookIn(language, look))).join('');
}

function lookIn(language: Language, look: Look): string {
  const drawn = renderToString(
    <AppRoot queries={new QueryClient()} language={language}>
      <Door start={{ look, code: LOOKS_OF_LINKS.includes(look) ? 'a code' : null }} />
    </AppRoot>,
  );
  return templateOf(drawn, look, language);
}
