/** What stands around every app: language, theme, the answers it keeps, and the end of a session. */
import { createTheme, MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { failureOf } from '../client/index.ts';
import type { Language } from './chosen.ts';
import { FaultBoundary } from './fault-boundary.tsx';
import { pressAgain, takeOver } from './first-look.ts';
import { LanguageRoot } from './language.tsx';
import { leave, reloadWhenRestored } from './leave.ts';
import { StepUp } from './step-up.tsx';
import './base.css';

/** Colours come from tokens.css; Mantine only has to know that it need not choose. */
const theme = createTheme({
  primaryColor: 'green',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'var(--font)',
  variantColorResolver: ({ variant }) => {
    const plain = { hover: 'var(--pine-soft)', border: '1px solid transparent', color: 'var(--pine)' };
    if (variant === 'filled') {
      return { ...plain, background: 'var(--pine)', hover: 'var(--pine-deep)', color: 'var(--on-pine)' };
    }
    if (variant === 'light') return { ...plain, background: 'var(--pine-soft)', color: 'var(--pine-deep)' };
    const outlined = { ...plain, background: 'transparent' };
    return variant === 'outline' ? { ...outlined, border: '1px solid var(--line-strong)' } : outlined;
  },
});

function makeQueryClient(): QueryClient {
  const queryCache = new QueryCache({
    onError: (error) => {
      const isAtDoor = document.documentElement.dataset.app === 'door';
      if (failureOf(error) === 'signed-out' && !isAtDoor) void leave('ended');
    },
  });
  return new QueryClient({
    queryCache,
    defaultOptions: {
      queries: {
        // Every answer is a line in the access log: nothing is asked twice without need.
        staleTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        // Being offline is told, not waited for.
        networkMode: 'always',
        retry: (count, error) => failureOf(error) === 'failed' && count < 2,
      },
    },
  });
}

export interface AppRootProps {
  readonly queries: QueryClient;
  /** Where there is no browser that could be asked. */
  readonly language?: Language;
  readonly children: ReactNode;
}

export function AppRoot({ queries, language, children }: AppRootProps) {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        // These would be styles written into the page, which its policy forbids: tokens.css stands for them.
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <LanguageRoot {...(language === undefined ? {} : { fixed: language })}>
          <FaultBoundary>
            <QueryClientProvider client={queries}>
              {children}
              <StepUp />
            </QueryClientProvider>
          </FaultBoundary>
        </LanguageRoot>
      </MantineProvider>
    </StrictMode>
  );
}

/**
 * Fills the page with an app, in the place of its first look. `ready` brings what the first page needs: the
 * look stands until then.
 */
export async function startApp(
  app: ReactNode,
  ready?: (queries: QueryClient) => Promise<unknown>,
): Promise<void> {
  reloadWhenRestored();
  const queries = makeQueryClient();
  await ready?.(queries);
  takeOver();
  createRoot(document.getElementById('app')!).render(<AppRoot queries={queries}>{app}</AppRoot>);
}

/** Brings an app to life whose first look is the same as what it draws: what was typed or pressed holds. */
export function wakeApp(app: ReactNode): void {
  reloadWhenRestored();
  const root = <AppRoot queries={makeQueryClient()}>{app}</AppRoot>;
  const place = document.getElementById('app')!;
  if (takeOver()) hydrateRoot(place, root);
  else createRoot(place).render(root);
  pressAgain();
}
