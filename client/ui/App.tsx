/** The root: decides between loading, signing in and the app, and provides what all screens share. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { useEffect, useMemo, useState } from 'react';
import type { Accounts, Messenger } from '../conversation/conversation.ts';
import { direction } from '../language/locale.ts';
import type { AppUpdate } from './app-update.ts';
import { createDrafts, findLocalStorage } from './drafts.ts';
import { refuseStrayFiles } from './files/use-incoming-files.ts';
import { shareLanguage, useLanguage } from './language.ts';
import { followLaunches } from './launch.ts';
import { createSource, useObserved } from './observed.ts';
import { ErrorBoundary } from './parts/ErrorBoundary.tsx';
import { lazily } from './parts/lazily.tsx';
import { SessionProvider } from './session.ts';
import type { SettingsPlace } from './settings/sections.ts';
import { shareDrafts } from './shared-drafts.ts';
import { Shell } from './shell/Shell.tsx';
import { SignIn } from './sign-in/SignIn.tsx';
import { shareTheme } from './theme.ts';
import { obeyWorker } from './worker-messages.ts';

const NewPassword = lazily(async () => (await import('./sign-in/NewPassword.tsx')).NewPassword);
const Tooltips = lazily(async () => (await import('./parts/Tooltips.tsx')).Tooltips);

export function App({ accounts, update }: { accounts: Accounts; update: AppUpdate }) {
  const current = useObserved(accounts.current);
  useLanguage();
  const [resetToken] = useState(takeResetToken);
  useEffect(refuseStrayFiles, []);
  useEffect(followLaunches, []);
  return (
    // The content security policy forbids style elements made by scripts; nothing used here needs them.
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={direction()}>
        <ErrorBoundary>
          {/* Reading who was signed in takes a few milliseconds, in which an empty page is the calmest sight. */}
          {resetToken !== undefined && <NewPassword accounts={accounts} token={resetToken} />}
          {resetToken === undefined && current.is === 'signed-out' && <SignIn accounts={accounts} update={update} />}
          {resetToken === undefined && current.is === 'signed-in' && (
            <SignedIn
              key={current.messenger.account.id}
              accounts={accounts}
              messenger={current.messenger}
              update={update}
            />
          )}
          <Tooltips />
        </ErrorBoundary>
      </DirectionProvider>
    </CSPProvider>
  );
}

/** Read once, as the app starts; undefined on every other page. */
let resetToken: string | undefined;
function takeResetToken(): string | undefined {
  const { pathname, hash } = window.location;
  if (pathname !== '/reset-password') return undefined;
  // Kept for StrictMode, which asks twice.
  resetToken ??= hash.slice(1);
  window.history.replaceState(window.history.state, '', pathname);
  return resetToken;
}

function SignedIn({ accounts, messenger, update }: { accounts: Accounts; messenger: Messenger; update: AppUpdate }) {
  const session = useMemo(
    () => ({
      accounts,
      messenger,
      drafts: createDrafts({ user: messenger.account.id, storage: findLocalStorage() }),
      settings: createSource<SettingsPlace | undefined>(undefined),
    }),
    [accounts, messenger],
  );
  const { drafts } = session;
  const language = useLanguage();
  useEffect(() => {
    const { shared: account } = messenger;
    const stop = [shareDrafts({ drafts, account }), shareTheme(account), shareLanguage(account), obeyWorker(messenger)];
    return () => {
      for (const each of stop) each();
    };
  }, [messenger, drafts]);
  return (
    <SessionProvider value={session}>
      {/* Made anew in another language; what was typed is in the drafts. */}
      <Shell key={language} update={update} />
    </SessionProvider>
  );
}
