import type { Factor, IncidentKind, LetterWords } from './letter-kinds.ts';

const FACTORS: Readonly<Record<Factor, string>> = {
  passkey: 'una llave de acceso',
  passphrase: 'una frase de contraseña',
  authenticator: 'una aplicación de autenticación',
  'recovery-codes': 'un juego de códigos de recuperación',
  'single-sign-on': 'una cuenta de su consulta',
};

const INCIDENTS: Readonly<Record<IncidentKind, string>> = {
  canary: 'se pidió una historia que nadie puede abrir',
  refusals: 'una sesión pidió una y otra vez lo que no es suyo; se bloqueó',
  'break-glass': 'se abrió una historia cerrada por una emergencia',
  'key-ring': 'se escribió o cambió a mano una fila de la base de datos',
  damaged: 'un registro no se abre como se escribió',
  'passkey-copied': 'una llave de acceso existe dos veces; la copia no entró',
  'malicious-file': 'un archivo enviado es malicioso; está apartado y no se abre para nadie',
  'sign-in-burst': 'fallaron muchos inicios de sesión en poco tiempo',
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
  'invitation-used': ({ practice, device, at }) => ({
    subject: `${practice}: se ha usado su invitación`,
    paragraphs: [
      `Su invitación de ${practice} se usó el ${at}, con ${device}. Quien la usó crea a continuación una ` +
        'forma de iniciar sesión.',
      'Si no fue usted, llame a la consulta.',
    ],
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
  'app-approved': ({ practice, app, clientId, at }) => ({
    subject: `${practice}: su aplicación está registrada`,
    paragraphs: [
      `El ${at}, ${practice} aprobó su solicitud: ${app} está registrada allí. Su identificador de ` +
        'cliente es:',
      clientId,
      'Las personas de esa consulta deciden por sí mismas si la dejan entrar.',
    ],
  }),
  'app-refused': ({ practice, at }) => ({
    subject: `${practice}: su solicitud fue rechazada`,
    paragraphs: [
      `El ${at}, ${practice} rechazó una solicitud de registro de una aplicación en la que se indicó ` +
        'esta dirección.',
      'Si no fue usted quien la pidió, no tiene que hacer nada.',
    ],
  }),
  'access-given': ({ practice, at }) => ({
    subject: `${practice}: ahora tiene acceso`,
    paragraphs: [
      `El ${at} se le dio acceso en ${practice}.`,
      'Lo que puede ver está allí cuando inicia sesión. Si no sabe por qué, pregunte a la consulta.',
    ],
  }),
  'access-changed': ({ practice, at }) => ({
    subject: `${practice}: su acceso ha cambiado`,
    paragraphs: [
      `El ${at} se cambió su acceso en ${practice}.`,
      'Lo que puede ver está allí cuando inicia sesión. Si no sabe por qué, pregunte a la consulta.',
    ],
  }),
  'access-ended': ({ practice, at }) => ({
    subject: `${practice}: su acceso ha terminado`,
    paragraphs: [
      `El ${at} terminó un acceso que usted tenía en ${practice}.`,
      'Lo que puede ver está allí cuando inicia sesión. Si no sabe por qué, pregunte a la consulta.',
    ],
  }),
  'ends-soon': ({ practice }) => ({
    subject: `${practice}: mire sus documentos, por favor`,
    paragraphs: [
      `Algo que ${practice} tiene de usted caduca pronto. Inicie sesión y mire sus documentos para verlo.`,
      'O traiga lo nuevo la próxima vez que venga. No hace falta nada más.',
    ],
  }),
  'proxy-given': ({ practice, at }) => ({
    subject: `${practice}: alguien puede ver ahora una historia suya`,
    paragraphs: [
      `El ${at} se permitió a alguien ver una historia de la que usted se ocupa en ${practice}.`,
      'Quién es y cómo terminarlo está en la página de su familia.',
    ],
  }),
  'proxy-changed': ({ practice, at }) => ({
    subject: `${practice}: cambió lo que alguien puede ver de una historia`,
    paragraphs: [
      `El ${at} cambió lo que alguien puede ver de una historia de la que usted se ocupa en ` +
        `${practice}.`,
      'Quién es y cómo terminarlo está en la página de su familia.',
    ],
  }),
  'proxy-ended': ({ practice, at }) => ({
    subject: `${practice}: alguien ya no puede ver una historia suya`,
    paragraphs: [
      `El ${at} terminó el acceso de alguien a una historia de la que usted se ocupa en ` + `${practice}.`,
      'Quién puede verla todavía está en la página de su familia.',
    ],
  }),
  'link-opened': ({ practice, at }) => ({
    subject: `${practice}: se abrió un enlace a un expediente`,
    paragraphs: [
      `Un enlace que envía algo de un expediente de ${practice} se abrió por primera vez el ${at}. ` +
        'Quién lo abrió aparece en «Quién ha visto este expediente» cuando inicia sesión.',
      'Si nadie debía abrirlo, termine el enlace en «Enviado por enlace». Deja de funcionar en el acto.',
    ],
  }),
  'sign-in-burst': ({ at }) => ({
    subject: 'Alguien no consiguió entrar como usted',
    paragraphs: [
      `Hasta el ${at} alguien falló muchas veces al intentar entrar como usted. Quien sigue ` +
        'intentándolo tiene que esperar cada vez más; las llaves de acceso y los dispositivos con los ' +
        'que ya entró siguen funcionando. Si fue usted: con una llave de acceso no hay que escribir ' +
        'nada.',
    ],
  }),
  'address-confirm': ({ link, until }) => ({
    subject: '¿Es suya esta dirección?',
    paragraphs: [
      'Alguien, probablemente usted, quiere recibir en esta dirección los correos sobre su cuenta. ' +
        'Inicie sesión y abra este enlace para confirmarla:',
      link,
      `Funciona una sola vez, hasta el ${until}. Si no fue usted, no haga nada: entonces no llegará ` +
        'nada aquí.',
    ],
  }),
  'address-added': ({ address, at }) => ({
    subject: 'Se añadió una dirección',
    paragraphs: [
      `El ${at} se añadió a su cuenta la dirección ${address}. Los avisos van también allí.`,
      NOT_ME,
    ],
  }),
  'address-removed': ({ address, at }) => ({
    subject: 'Se quitó una dirección',
    paragraphs: [`El ${at} se quitó de su cuenta la dirección ${address}. Allí ya no llega nada.`, NOT_ME],
  }),
  'address-primary': ({ address, at }) => ({
    subject: 'Los correos van primero a otra dirección',
    paragraphs: [`Desde el ${at} los correos sobre su cuenta van primero a ${address}.`, NOT_ME],
  }),
  incident: ({ practice, what, times, at }) => ({
    subject: `${practice}: algo necesita sus ojos`,
    paragraphs: [
      `En ${practice}: ${INCIDENTS[what]} (la última vez el ${at}; veces desde ` +
        `nuestro último correo: ${times}).`,
      'Quién y qué está en el registro de accesos de la consulta: inicie sesión y busque allí las ' +
        'alarmas, o pida al operador `postern log show --kind incident`.',
    ],
  }),
  closing: (host) =>
    `Escribió este mensaje Postern en ${host}. Nuestros correos nunca piden un código ni una ` +
    'frase de contraseña. No se leen las respuestas.',
};
