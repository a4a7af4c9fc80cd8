/** A QR code; what draws it comes when one is shown. */
import { lazy, Suspense } from 'react';
import styles from './qr-code.module.css';

const DrawnQrCode = lazy(async () => ({ default: (await import('./drawn-qr-code.tsx')).DrawnQrCode }));

export interface QrCodeProps {
  readonly text: string;
  /** What it leads to, for whoever does not see it. */
  readonly label: string;
}

export function QrCode(props: QrCodeProps) {
  return (
    <Suspense fallback={<div className={styles.qr} />}>
      <DrawnQrCode {...props} />
    </Suspense>
  );
}
