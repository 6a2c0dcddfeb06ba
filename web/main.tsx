import './design/tokens.css';
import './design/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openSession } from './api/session.ts';
import { App } from './app/app.tsx';
import { listenToKeys } from './base/shortcuts.ts';
import { applyTheme, followPreferences } from './base/preferences.ts';

applyTheme();
followPreferences();
openSession();
listenToKeys();

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
