import type { ConsentWords } from './consents-en.ts';

export const es: ConsentWords = {
  title: 'Consentimientos',
  covers: 'Lo que abarca este formulario',
  none: 'No consta ningún consentimiento',
  noneHere: 'Nadie ha anotado todavía lo que abarca este formulario.',
  kinds: {
    treatment: 'Tratamiento',
    procedure: 'Una intervención',
    privacy: 'Aviso de privacidad',
    release: 'Entrega a una persona',
    financial: 'Acuerdo económico',
  },
  other: 'Otro consentimiento',
  kind: 'Abarca',
  about: { procedure: '¿Qué intervención?', release: '¿A quién?' },
  aboutHint: 'Como figura en el formulario.',
  until: 'Hasta',
  untilHint: 'Déjelo vacío si no termina.',
  note: 'Anotarlo',
  noted: 'Anotado.',
  failed: 'No se pudo hacer. Vuelva a mirar la página e inténtelo otra vez.',
  signed: (day) => `Firmado el ${day}`,
  ends: (day) => `hasta el ${day}`,
  standing: { active: 'Vigente', ended: 'Terminado', revoked: 'Revocado', other: 'Sin vigencia' },
  revoke: 'Revocar',
  reallyRevoke: 'Sí, revocarlo',
  keep: 'Dejarlo',
  form: 'El formulario firmado',
  all: 'Todos los consentimientos',
  opensNothing:
    'Un consentimiento dice lo que se firmó. No abre el historial a nadie: eso lo hace el acceso.',
};
