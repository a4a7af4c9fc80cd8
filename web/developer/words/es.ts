/** The words of the page for developers, in Spanish. */
import type { DeveloperWords } from './en.ts';

export const es: DeveloperWords = {
  title: (practice) => `Registrar una aplicación en ${practice}`,
  lead:
    'Cuente a la consulta qué es su aplicación. La dirección mira la solicitud; hasta que se ' +
    'aprueba no queda ' +
    'nada registrado. Después su aplicación pide el consentimiento a pacientes y personal de esta ' +
    'consulta, ' +
    'con SMART App Launch.',
  closed: 'Aquí no hay solicitudes',
  closedText:
    'Esta consulta no acepta solicitudes de aplicaciones, o la dirección no es correcta. Pida a la ' +
    'consulta la ' +
    'dirección de esta página, o a quien administra su Postern que registre su aplicación.',
  name: 'Nombre de la aplicación',
  nameHint: 'Se ve cuando se pide el consentimiento.',
  purpose: 'Para qué sirve',
  purposeHint: 'Una o dos frases que entienda la dirección de una consulta.',
  contact: 'Su correo electrónico',
  contactHint: 'Allí va la decisión de la consulta. Los pacientes no lo ven.',
  uri: 'Página de la aplicación (puede faltar)',
  redirects: 'Direcciones de redirección',
  redirectsHint:
    'Una por línea, cinco como máximo: https, este equipo (http://127.0.0.1) o un esquema propio.',
  launch: 'Dirección de lanzamiento (puede faltar)',
  launchHint: 'Donde empieza un lanzamiento desde el escritorio o el portal.',
  keys: 'Autenticación',
  keyless: 'Ninguna: aplicación pública, con PKCE',
  keyed: 'Claves propias (private_key_jwt)',
  jwksUri: 'Dirección de las claves públicas (JWKS)',
  jwksHint: 'Aquí no hay secretos compartidos.',
  send: 'Enviar la solicitud',
  invalid: 'Algo de esto no es posible. Mire las direcciones: https, sin fragmento.',
  wait: 'Acaba de haber muchas solicitudes. Inténtelo más tarde.',
  failed: 'No ha funcionado. No se ha enviado nada.',
  receipt: 'Su solicitud',
  states: {
    waiting: 'Espera a la dirección de la consulta.',
    approved: 'Está aprobada. Su aplicación queda registrada.',
    refused: 'La consulta la ha rechazado.',
  },
  keep: 'Guarde la dirección de esta página: es la única forma de ver qué fue de la solicitud.',
  clientId: 'Identificador del cliente',
  where: 'Qué ofrece el servidor de autorización',
  gone: 'No existe esa solicitud',
  goneText: 'Puede tener más de noventa días, o la dirección no está completa.',
  again: 'Otra solicitud',
};
