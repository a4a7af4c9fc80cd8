/** The camera of the device, as long as it is looked through: it goes off with the page that shows it. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Light, lightOf } from './card-picture.ts';

export type CameraState = 'starting' | 'on' | 'unavailable';

const LIGHT_EVERY_MS = 500;

export interface Camera {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly state: CameraState;
  readonly light: Light;
}

/** Asks for the camera at the back where there are two; nothing leaves the page. */
export function useCamera(isWanted: boolean): Camera {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>('starting');
  const [light, setLight] = useState<Light>('good');
  useEffect(() => {
    if (!isWanted) return;
    const stream = begin();
    let isOver = false;
    stream.then(
      async (camera) => {
        const place = video.current;
        if (isOver || place === null) return;
        place.srcObject = camera;
        await place.play();
        if (!isOver) setState('on');
      },
      () => !isOver && setState('unavailable'),
    );
    const looking = setInterval(() => {
      const place = video.current;
      if (place !== null && place.videoWidth > 0) setLight(lightOf(place));
    }, LIGHT_EVERY_MS);
    return () => {
      isOver = true;
      clearInterval(looking);
      void stream.then(stop).catch(() => undefined);
    };
  }, [isWanted]);
  return { video, state, light };
}

function stop(camera: MediaStream): void {
  for (const track of camera.getTracks()) track.stop();
}

async function begin(): Promise<MediaStream> {
  // Absent where the page did not come over TLS, or the policy of the page says no.
  if (navigator.mediaDevices === undefined) throw new Error('No camera');
  const ideal = { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1080 } };
  return navigator.mediaDevices.getUserMedia({ video: ideal, audio: false });
}
