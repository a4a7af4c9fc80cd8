/** A small look at a picture that was chosen, drawn here: nothing is asked of the server. */
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../../kit/index.ts';
import styles from './sending.module.css';

const SIDE = 128;
/** Larger ones would take a phone's memory. */
const MOST_BYTES = 40_000_000;

export function Thumbnail({ file }: { readonly file: File }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    let isThere = true;
    if (!file.type.startsWith('image/') || file.type.includes('svg') || file.size > MOST_BYTES) return;
    void draw(file, canvas.current).then((drawn) => {
      if (isThere) setDrawn(drawn);
    });
    return () => {
      isThere = false;
    };
  }, [file]);
  return (
    <span className={styles.look} aria-hidden="true">
      <canvas ref={canvas} width={SIDE} height={SIDE} hidden={!isDrawn} />
      {!isDrawn && <Icon name="document" size={28} />}
    </span>
  );
}

/** Whether the browser could; of what it cannot read there is a plain sign. */
async function draw(file: File, canvas: HTMLCanvasElement | null): Promise<boolean> {
  const context = canvas?.getContext('2d');
  if (!context) return false;
  try {
    const picture = await createImageBitmap(file);
    const scale = SIDE / Math.min(picture.width, picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    context.drawImage(picture, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
    picture.close();
    return true;
  } catch {
    return false;
  }
}
