/** The words of the apps of a practice, in Spanish. */
import type { AppsWords } from './apps-en.ts';

export const appsEs: AppsWords = {
  page: 'Aplicaciones',
  lead:
    'Aplicaciones cuyo registro se le pide, y las de esta consulta. Cada persona sigue decidiendo ' +
    'por sí misma si deja entrar a una.',
  closed: 'Las aplicaciones son de la persona titular',
  closedText: 'Hable con la dirección de la consulta.',
  off: 'Ahora nadie puede pedir un registro',
  offText: 'La dirección lo permite en los ajustes.',
  toSettings: 'A los ajustes',
  address: 'Quien desarrolla lo pide en esta dirección:',
  requests: 'Solicitudes',
  noRequests: 'Nadie está esperando.',
  apps: 'Aplicaciones de esta consulta',
  noApps: 'No hay ninguna.',
  shared: 'Aplicaciones que se usan aquí',
  sharedLead:
    'El operador las registró para todos. Usted ve cuántas personas dejaron entrar una y qué le permitió ' +
    'alguna de ellas, pero no quiénes son.',
  noShared: 'Nadie aquí ha dejado entrar una aplicación registrada por el operador.',
  usedBy: 'La usan',
  nobody: 'nadie',
  staffCount: (count: number) => (count === 1 ? '1 persona del equipo' : `${count} personas del equipo`),
  othersCount: (count: number | null) =>
    count === null
      ? 'menos de cinco pacientes o personas que actúan por ellos'
      : `${count} pacientes o personas que actúan por ellos`,
  sees: 'Puede ver',
  writes: 'Puede cambiar',
  protectedKind: 'Atención confidencial',
  protectedBySome: 'algunos lo permiten',
  close: 'Cerrarla a la consulta',
  closeOf: (name: string) => `Cerrar ${name} a la consulta`,
  closeSure:
    'Todos los que la dejaron entrar aquí se desconectan de inmediato y nadie puede dejarla entrar hasta ' +
    'que usted vuelva a abrirla. En otras consultas sigue funcionando.',
  closeNow: 'Cerrarla',
  closedHere: 'Cerrada. Nadie aquí puede dejarla entrar.',
  closedSince: (date: string) => `cerrada desde ${date}`,
  open: 'Volver a abrir',
  openOf: (name: string) => `Volver a abrir ${name}`,
  opened: 'Abierta de nuevo. Cada persona decide otra vez.',
  contact: 'Quién la desarrolla',
  goesTo: 'Devuelve a las personas a',
  launch: 'Se inicia en',
  site: 'Página',
  kind: 'Tipo',
  keyed: 'Tiene claves propias',
  keyless: 'No guarda secretos (teléfono o navegador)',
  asked: (date) => `pedida el ${date}`,
  since: (date) => `desde el ${date}`,
  approve: 'Aprobar',
  approveOf: (name) => `Aprobar ${name}`,
  refuse: 'Rechazar',
  refuseOf: (name) => `Rechazar ${name}`,
  end: 'Terminar',
  endOf: (name) => `Terminar ${name}`,
  endSure: 'Todos los que la dejaron entrar quedan desconectados enseguida. No se puede deshacer.',
  endNow: 'Terminar para todos',
  cancel: 'Cancelar',
  approved: (id) => `Aprobada. Su identificador es ${id}; quien la desarrolla lo ve con el recibo.`,
  refused: 'Rechazada. Quien la desarrolla lo ve con el recibo.',
  ended: 'Terminada.',
  failed: 'No ha funcionado. No se ha cambiado nada.',
  touch: 'No se ha hecho: hay que mostrar que usted está ahí.',
  gone: 'Eso ya está decidido o terminado.',
};
