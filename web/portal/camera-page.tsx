/** Taking a photo of one's card: this page alone may use the camera, so one leaves it by loading another. */
import { Icon, PageHeading } from '../kit/index.ts';
import { CardCapture, useCardWords } from '../viewer/index.ts';
import { useChart } from './chart-frame.tsx';
import { useSession } from './portal-frame.tsx';
import list from './results.module.css';

export function CameraPage() {
  const { camera, title } = useCardWords();
  const chart = useChart();
  const { practice, charts, cardDays } = useSession();
  const types = charts.find((each) => each.chart === chart)?.sends ?? [];
  const back = `/portal/${chart}/cards`;
  return (
    <>
      <a href={back} className={list.back}>
        <Icon name="back" />
        {title}
      </a>
      <PageHeading title={camera.title} lead={camera.lead} within={practice?.name ?? ''} />
      {types.includes('photo-id') && (
        <CardCapture chart={chart} types={types} days={cardDays} onDone={() => location.assign(back)} />
      )}
    </>
  );
}
