/** What is shown where a page of ours fails by a fault of its own. */
import { Component, type ReactNode } from 'react';
import { FailureNotice } from './notice.tsx';

interface State {
  readonly failed: boolean;
}

export class FaultBoundary extends Component<{ readonly children: ReactNode }, State> {
  override readonly state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main>
        <FailureNotice failure="failed" onRetry={() => location.reload()} />
      </main>
    );
  }
}
