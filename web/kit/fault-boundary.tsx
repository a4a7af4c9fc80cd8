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
        <PageFault />
      </main>
    );
  }
}

/** In the place of the part that failed; trying again loads the page anew. */
export function PageFault() {
  return <FailureNotice failure="failed" onRetry={() => location.reload()} />;
}
