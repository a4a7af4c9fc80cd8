/** What stands around every app: language, theme, the answers it keeps, and the end of a session. */
import { createTheme, MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { failureOf } from '../client/index.ts';
import { FaultBoundary } from './fault-boundary.tsx';
import { LanguageRoot } from './language.tsx';
import { leave, reloadWhenRestored } from './leave.ts';
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

/**
 * Fills the page with an app. `ahead` asks for what the first page will need in any case, so that it comes
 * while the app is being put together.
 */
export function startApp(app: ReactNode, ahead?: (queries: QueryClient) => void): void {
  reloadWhenRestored();
  const queries = makeQueryClient();
  ahead?.(queries);
  createRoot(document.getElementById('app')!).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        // These would be styles written into the page, which its policy forbids: tokens.css stands for them.
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <LanguageRoot>
          <FaultBoundary>
            <QueryClientProvider client={queries}>{app}</QueryClientProvider>
          </FaultBoundary>
        </LanguageRoot>
      </MantineProvider>
    </StrictMode>,
  );
}
