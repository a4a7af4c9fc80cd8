/** Taking a photo of a card at the desk: this page alone may use the camera, so one leaves it by loading. */
import { useParams } from '@tanstack/react-router';
import { Icon } from '../kit/index.ts';
import { CardCapture, useCardWords } from '../viewer/index.ts';
import { AroundChart } from './around-chart.tsx';
import styles from './chart-page.module.css';
import { useSession } from './desk-session.ts';

export function CameraPage() {
  const { camera, title } = useCardWords();
  const { chart } = useParams({ from: '/patients/$chart/camera' });
  const { sends, cardDays } = useSession();
  const back = `/desk/patients/${chart}/cards`;
  return (
    <AroundChart key={chart} chart={chart}>
      {() => (
        <>
          <a href={back} className={styles.back}>
            <Icon name="back" />
            {title}
          </a>
          <h2 className={styles.subject}>{camera.title}</h2>
          <p className={styles.soft}>{camera.lead}</p>
          {sends.includes('photo-id') && (
            <CardCapture chart={chart} types={sends} days={cardDays} onDone={() => location.assign(back)} />
          )}
        </>
      )}
    </AroundChart>
  );
}
