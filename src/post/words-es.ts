import type { Factor, LetterWords } from './letter-kinds.ts';

const FACTORS: Readonly<Record<Factor, string>> = {
  passkey: 'una llave de acceso',
  passphrase: 'una frase de contraseña',
  authenticator: 'una aplicación de autenticación',
  'recovery-codes': 'un juego de códigos de recuperación',
  'single-sign-on': 'una cuenta de su consulta',
};

const NOT_ME =
  'Si fue usted, no tiene que hacer nada. Si no, inicie sesión, cierre las demás sesiones y ' +
  'avise a su consulta.';

export const es: LetterWords = {
  invitation: ({ practice, link, until }) => ({
    subject: `${practice}: su acceso`,
    paragraphs: [
      `${practice} le invita a su acceso en línea. Abra este enlace para empezar:`,
      link,
      `Funciona una sola vez, hasta el ${until}. Se le preguntará algo que solo usted sabe, ` +
        'para que nadie más pueda usarlo.',
      'Si no sabe por qué recibe este mensaje, no haga nada: sin usted el enlace no abre nada.',
    ],
  }),
  'invitation-used': ({ practice, at }) => ({
    subject: `${practice}: se ha usado su invitación`,
    paragraphs: [`Su invitación de ${practice} se usó el ${at}.`, 'Si no fue usted, llame a la consulta.'],
  }),
  'new-device': ({ device, at }) => ({
    subject: 'Un dispositivo nuevo ha iniciado sesión',
    paragraphs: [`El ${at} inició sesión con su cuenta un dispositivo que no se conocía: ${device}.`, NOT_ME],
  }),
  'factor-added': ({ factor, at }) => ({
    subject: 'Se añadió una forma de iniciar sesión',
    paragraphs: [`El ${at} se añadió a su cuenta ${FACTORS[factor]}.`, NOT_ME],
  }),
  'factor-removed': ({ factor, at }) => ({
    subject: 'Se quitó una forma de iniciar sesión',
    paragraphs: [`El ${at} se quitó de su cuenta ${FACTORS[factor]}.`, NOT_ME],
  }),
  'recovery-asked': ({ link, until }) => ({
    subject: 'Volver a entrar en su cuenta',
    paragraphs: [
      'Alguien, probablemente usted, ha dicho que ya no puede iniciar sesión. Abra este enlace para empezar:',
      link,
      `Sirve hasta el ${until} y muestra que la dirección es suya. Su consultorio aún tiene que verle.`,
      'Si no fue usted, no haga nada.',
    ],
  }),
  'recovery-started': ({ ready, stop }) => ({
    subject: 'Se está recuperando su cuenta',
    paragraphs: [
      'Alguien, probablemente usted, está volviendo a entrar en su cuenta tras perder todas las ' +
        'formas de iniciar sesión.',
      `A partir del ${ready} podrá crear una llave de acceso nueva. Las formas anteriores de ` +
        'iniciar sesión terminan entonces.',
      'Si no fue usted, deténgalo aquí:',
      stop,
    ],
  }),
  'recovery-ready': ({ link, until, stop }) => ({
    subject: 'Cree una llave de acceso nueva',
    paragraphs: [
      'El tiempo de espera ha terminado. Cree aquí una llave de acceso nueva:',
      link,
      `El enlace funciona una sola vez, hasta el ${until}. Entonces terminan las formas ` +
        'anteriores de iniciar sesión y todas las sesiones abiertas.',
      'Si no lo pidió usted, deténgalo aquí:',
      stop,
    ],
  }),
  'recovery-done': ({ at }) => ({
    subject: 'Se ha recuperado su cuenta',
    paragraphs: [
      `El ${at} se creó una llave de acceso nueva para su cuenta. Las formas anteriores de ` +
        'iniciar sesión y todas las sesiones han terminado.',
      'Si no fue usted, llame a su consulta ahora.',
    ],
  }),
  'recovery-stopped': ({ at }) => ({
    subject: 'Se detuvo la recuperación de su cuenta',
    paragraphs: [`Se detuvo el ${at}. Nada ha cambiado en su cuenta.`],
  }),
  'app-connected': ({ practice, app, at }) => ({
    subject: 'Se conectó una aplicación a su historia',
    paragraphs: [
      `El ${at} se conectó la aplicación ${app} a su historia en ${practice}.`,
      'Lo que puede leer y cómo desconectarla está en la página de su cuenta.',
    ],
  }),
  'proxy-added': ({ practice, at }) => ({
    subject: `${practice}: alguien puede ver ahora una historia suya`,
    paragraphs: [
      `El ${at} se permitió a alguien ver una historia de la que usted se ocupa en ${practice}.`,
      'Quién es y cómo terminarlo está en la página de su familia.',
    ],
  }),
  'sign-in-held': ({ at, until }) => ({
    subject: 'Se detuvo el inicio de sesión',
    paragraphs: [
      `El ${at} alguien falló muchas veces al intentar entrar como usted. Las frases y los ` +
        `códigos no sirven para su cuenta hasta el ${until}; las llaves de acceso sí.`,
    ],
  }),
  closing: (host) =>
    `Escribió este mensaje Postern en ${host}. Nuestros correos nunca piden un código ni una ` +
    'frase de contraseña. No se leen las respuestas.',
};
