/** What the camera sees, with a frame for the card and a word on the light; or a picture from elsewhere. */
import { useRef, useState } from 'react';
import { ActionButton, Notice } from '../../kit/index.ts';
import styles from './card-capture.module.css';
import { frameIn, pictureIn, pictureOf } from './card-picture.ts';
import { useCardWords } from './card-words.ts';
import { useCamera } from './use-camera.ts';

interface CardFinderProps {
  onPicture(picture: HTMLCanvasElement): void;
}

export function CardFinder({ onPicture }: CardFinderProps) {
  const { camera: w } = useCardWords();
  const { video, state, light } = useCamera(true);
  const take = () => {
    if (video.current !== null && state === 'on') onPicture(pictureOf(video.current));
  };
  return (
    <>
      {state === 'unavailable' ? (
        <Notice icon="alert" title={w.unavailable}>
          {w.unavailableText}
        </Notice>
      ) : (
        <div className={styles.stage}>
          <video ref={video} className={styles.video} muted playsInline aria-label={w.stage} />
          {state === 'on' && <Frame video={video.current} light={light} />}
        </div>
      )}
      {state !== 'unavailable' && (
        <p role="status" className={styles.hint} data-light={state === 'on' ? light : 'good'}>
          {state === 'on' ? w[light] : w.starting}
        </p>
      )}
      <div className={styles.buttons}>
        {state === 'on' && (
          <ActionButton weight="main" onClick={take}>
            {w.take}
          </ActionButton>
        )}
        <ChoosePicture weight={state === 'unavailable' ? 'main' : 'quiet'} onPicture={onPicture} />
      </div>
    </>
  );
}

interface FrameProps {
  readonly video: HTMLVideoElement | null;
  readonly light: string;
}

/** Four corners, as large as the card is meant to be. */
function Frame({ video, light }: FrameProps) {
  const [width, height] = [video?.videoWidth || 4, video?.videoHeight || 3];
  const frame = frameIn(width, height);
  const { left, top, width: across, height: down } = frame;
  return (
    <svg className={styles.frame} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" data-light={light}>
      <path
        fillRule="evenodd"
        className={styles.around}
        d={`M0 0H${width}V${height}H0Z M${left} ${top}V${top + down}H${left + across}V${top}Z`}
      />
      <rect
        className={styles.edge}
        x={left}
        y={top}
        width={across}
        height={down}
        rx={across * 0.04}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

interface ChoosePictureProps extends CardFinderProps {
  readonly weight: 'main' | 'quiet';
}

/** Where there is no camera to look through: a picture of the device, or its own camera. */
function ChoosePicture({ weight, onPicture }: ChoosePictureProps) {
  const { camera: w } = useCardWords();
  const input = useRef<HTMLInputElement>(null);
  const [isWrong, setWrong] = useState(false);
  const choose = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      onPicture(await pictureIn(file));
    } catch {
      setWrong(true);
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        onChange={({ target }) => {
          void choose(target.files?.[0]);
          target.value = '';
        }}
      />
      <ActionButton weight={weight} onClick={() => input.current?.click()}>
        {w.choose}
      </ActionButton>
      {isWrong && <p role="alert">{w.sendFailed}</p>}
    </>
  );
}
