/** Starts the app in the browser: the accounts of this device, the user interface, the service worker. */
import './ui/dispose-symbol.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createAccounts } from './account/accounts.ts';
import { browserEnvironment } from './account/environment.ts';
import { App } from './ui/App.tsx';
import { watchForUpdates } from './ui/app-update.ts';
import { startLanguage } from './ui/language.ts';
import { presentRoute } from './ui/router.ts';
import './ui/styles/base.css';

const root = document.getElementById('app');
if (!root) throw new Error('index.html has no element #app');

// In development the modules come from Vite, and a worker would serve old ones.
const update = watchForUpdates(import.meta.env.PROD ? navigator.serviceWorker : undefined);

const accounts = createAccounts(browserEnvironment(() => presentRoute()?.conversation));

// Who comes by the address of a conversation waits for less; should it fail, it is asked for again where it is shown.
if (presentRoute()) import('./ui/conversation/ConversationPane.tsx').catch(() => undefined);

// Nothing is drawn in one language and then in another. Not with `await`: the bundler would cut everything that waits into
// chunks of their own.
void startLanguage().then(() =>
  createRoot(root).render(
    <StrictMode>
      <App accounts={accounts} update={update} />
    </StrictMode>,
  ),
);
