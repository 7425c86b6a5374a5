/** The root: decides between loading, signing in and the app, and provides what all screens share. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { useEffect, useMemo } from 'react';
import type { Accounts, Messenger } from '../conversation/conversation.ts';
import type { AppUpdate } from './app-update.ts';
import { createDrafts, findLocalStorage } from './drafts.ts';
import { useObserved } from './observed.ts';
import { ErrorBoundary } from './parts/ErrorBoundary.tsx';
import { lazily } from './parts/lazily.tsx';
import { SessionProvider } from './session.ts';
import { shareDrafts } from './shared-drafts.ts';
import { Shell } from './shell/Shell.tsx';
import { SignIn } from './sign-in/SignIn.tsx';
import { shareTheme } from './theme.ts';
import { obeyWorker } from './worker-messages.ts';

const Tooltips = lazily(async () => (await import('./parts/Tooltips.tsx')).Tooltips);

export function App({ accounts, update }: { accounts: Accounts; update: AppUpdate }) {
  const current = useObserved(accounts.current);
  return (
    // The content security policy forbids style elements made by scripts; nothing used here needs them.
    <CSPProvider disableStyleElements>
      <ErrorBoundary>
        {/* Reading who was signed in takes a few milliseconds, in which an empty page is the calmest sight. */}
        {current.is === 'signed-out' && <SignIn accounts={accounts} update={update} />}
        {current.is === 'signed-in' && (
          <SignedIn
            key={current.messenger.account.id}
            accounts={accounts}
            messenger={current.messenger}
            update={update}
          />
        )}
        <Tooltips />
      </ErrorBoundary>
    </CSPProvider>
  );
}

function SignedIn({ accounts, messenger, update }: { accounts: Accounts; messenger: Messenger; update: AppUpdate }) {
  const session = useMemo(
    () => ({
      accounts,
      messenger,
      drafts: createDrafts({ user: messenger.account.id, storage: findLocalStorage() }),
    }),
    [accounts, messenger],
  );
  const { drafts } = session;
  useEffect(() => {
    const { shared: account } = messenger;
    const stop = [shareDrafts({ drafts, account }), shareTheme(account), obeyWorker(messenger)];
    return () => {
      for (const each of stop) each();
    };
  }, [messenger, drafts]);
  return (
    <SessionProvider value={session}>
      <Shell update={update} />
    </SessionProvider>
  );
}
