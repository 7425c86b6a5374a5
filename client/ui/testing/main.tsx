/** The fixture page: shows the scene named by `?scene=`, and hands its messenger to the test as `fixture`. */
import '../dispose-symbol.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../styles/base.css';
import { startLanguage } from '../language.ts';
import { scenes } from './scenes.ts';

const scene = scenes[new URLSearchParams(window.location.search).get('scene') ?? 'home']?.();
const root = document.getElementById('app');
if (!scene || !root) throw new Error('No such scene');

// The router reads the location when it is first imported.
window.history.replaceState(null, '', scene.path);
Object.assign(window, { fixture: scene.messenger });
await startLanguage();
// The pane's code, too: nothing that a test does at once may come before it.
const [{ App }] = await Promise.all([import('../App.tsx'), import('../conversation/ConversationPane.tsx')]);
createRoot(root).render(
  <StrictMode>
    <App accounts={scene.accounts} update={scene.update} />
  </StrictMode>,
);
