/** A picture that was taken and not sent yet; it stands in this page alone. */
import { useEffect, useRef } from 'react';
import styles from './card-capture.module.css';

interface DrawnSideProps {
  readonly picture: HTMLCanvasElement;
  readonly label: string;
}

export function DrawnSide({ picture, label }: DrawnSideProps) {
  const place = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = place.current;
    if (canvas === null) return;
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
  }, [picture]);
  return <canvas ref={place} className={styles.drawn} role="img" aria-label={label} />;
}
