/** The words of getting back in, in Spanish. */
import type { RecoveryWords } from './recovery-en.ts';

export const recoveryEs: RecoveryWords = {
  lost: 'Volver a entrar',
  lostText: 'Su historial está seguro y queda como está. Su consultorio le abre de nuevo.',
  steps: [
    [
      'Vaya a su consultorio',
      'Lleve su documento de identidad o pasaporte. Ven que es usted y le dan un código.',
    ],
    ['Escriba aquí el código', 'Sirve un día después, para que nadie entre sin que se note.'],
    ['Cree una nueva llave de acceso', 'Después entra con un toque. Lo que tenía antes ya no abre nada.'],
  ],
  sooner: '¿Es urgente? Pida un enlace a su correo y ábralo: así el código sirve enseguida.',
  haveCode: 'Tengo un código',
  sendLink: 'Enviarme el enlace',
  toDoor: 'Volver a iniciar sesión',
  mail: 'Un enlace a su correo',
  mailText: 'Muestra que la dirección es suya. Su consultorio tiene que verle de todos modos.',
  email: 'Correo electrónico',
  emailHint: 'El que usa su consultorio para escribirle.',
  send: 'Enviar el enlace',
  sent: 'Mire su correo',
  sentText:
    'Si alguien entra aquí con esta dirección, en unos minutos llega un enlace. Sirve un día, en cualquier ' +
    'dispositivo.',
  code: 'El código de su consultorio',
  codeText: 'Está en la hoja que le dieron allí.',
  codeLabel: 'Código',
  codeHint: 'Doce letras y cifras. Mayúsculas o minúsculas, con guiones o sin ellos.',
  useCode: 'Continuar',
  codeWrong:
    'Revise la dirección y el código, letra por letra. Si están bien, el código ya no sirve: pida ' +
    'otro a su consultorio.',
  waits: 'Su código es correcto',
  waitsText: (when) =>
    `Sirve desde ${when}. Vuelva entonces con el mismo código. Esperamos para que nadie entre sin ` +
    'que se note.',
  begin: '¿Pidió usted volver a entrar?',
  beginText:
    'Alguien pidió este enlace porque ya no puede iniciar sesión. Si no fue usted, cierre esta página.',
  beginYes: 'Sí, fui yo',
  beginOver: 'Este enlace ya no sirve',
  beginOverText: 'Cada enlace sirve un día. Pida que le envíen otro.',
  seen: 'Esta dirección es suya',
  seenText: 'Ahora su consultorio tiene que verle.',
  seenSteps: [
    ['Vaya a su consultorio', 'Lleve su documento de identidad o pasaporte. Allí le dan un código.'],
    ['Escriba aquí el código', 'En esta página, o al iniciar sesión en «Nada de esto». Sirve enseguida.'],
  ],
  stop: '¿No fue usted?',
  stopText:
    'Alguien está recuperando el acceso a su cuenta. Si usted no lo pidió, deténgalo: su código no ' +
    'servirá, y usted seguirá entrando como antes.',
  stopIt: 'Detenerlo ahora',
  stopLeave: '¿Fue usted? Entonces cierre esta página: sigue adelante.',
  stopped: 'Está detenido',
  stoppedText: 'Nada ha cambiado en su cuenta. Diga a su consultorio que alguien lo intentó.',
  stopOver: 'Ya no hay nada que detener',
  stopOverText:
    'Se detuvo antes o ya terminó. Intente iniciar sesión. Si no puede, llame ahora a su consultorio.',
};
