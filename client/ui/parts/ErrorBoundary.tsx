/**
 * The last resort when a component fails: says that nothing is lost, and offers to load the app again. What was written is
 * in the local store or in the drafts by then, never in a component.
 */
import { LifeBuoy } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { t } from '../../language/translate.ts';
import { Button } from './Button.tsx';
import { Notice } from './Notice.tsx';

export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main>
        <Notice icon={<LifeBuoy />} title={t('failure.title')} hint={t('failure.hint')}>
          <Button look="primary" onClick={() => window.location.reload()}>
            {t('update.reload')}
          </Button>
        </Notice>
      </main>
    );
  }
}
