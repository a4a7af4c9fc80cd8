/** The words of the door, in Spanish. */
import type { DoorWords } from './en.ts';

export const es: DoorWords = {
  title: 'Iniciar sesión',
  welcome: 'Le damos la bienvenida',
  welcomeText:
    'Su historial, abierto para usted y para quienes usted confía. Abra el enlace que le dio su consultorio.',
  withLink: 'Usar su enlace',
  linkLabel: 'Su enlace de acceso',
  linkHint: 'Pegue aquí el enlace completo si no se abrió solo.',
  linkBad: 'Eso no parece un enlace de acceso. Contiene «/signin#» y un código largo.',
  ready: 'Su enlace está listo',
  readyText: 'Funciona una sola vez. Pulse el botón para iniciar sesión en este dispositivo.',
  signIn: 'Iniciar sesión',
  spent: 'Este enlace ya no sirve',
  spentText: 'Cada enlace funciona una vez y durante cinco minutos. Pida uno nuevo a su consultorio.',
  which: '¿Qué consultorio?',
  whichText: 'Le conocen en más de uno. Cada uno guarda su propio historial.',
  idle: 'Bloqueado',
  idleText:
    'No hubo nadie en esta página durante un rato, así que se bloqueó y se guardó todo. Un enlace nuevo ' +
    'le devuelve adonde estaba.',
  ended: 'Su sesión ha terminado',
  endedText: 'Inicie sesión de nuevo. Un enlace nuevo le devuelve adonde estaba.',
  out: 'Ha cerrado la sesión',
  outText: 'Todo quedó guardado. Puede cerrar esta página.',
  known: (name) => `Sesión de ${name}`,
  goOn: 'Continuar',
  toDesk: 'Mostrador del consultorio',
  toPortal: 'Mi propio historial',
  nothing: 'Con esta cuenta no hay nada que ver en un navegador.',
  notMe: 'Cerrar sesión',
  trust: 'Se abre solo para usted. Cada consulta del historial queda anotada, y usted puede ver quién miró.',
};
